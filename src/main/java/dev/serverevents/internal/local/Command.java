package dev.serverevents.internal.local;

import dev.serverevents.internal.journal.ConnectionReport;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What a ServerEvents asks of a verticle. */
public sealed interface Command {

  /** Subscribe the channel of a subscriber, and tell the subscriber what comes. */
  record Listen(Subscriber subscriber) implements Command {}

  /** A subscriber has ended. */
  record Leave(Subscriber subscriber) implements Command {}

  /** Look up what is kept for a subscriber that hears an inbox in the place of a channel. */
  record LookUp(Subscriber subscriber) implements Command {}

  /** Settle a subscriber: tell it when it has been told of all that was published before now. */
  record Settle(Subscriber subscriber) implements Command {}

  /** Publish an event. */
  record Emit(PendingEmit emit) implements Command {}

  /** Find who waits for an event of a key, or may do so: so many of them at most. */
  record Find(EventKey key, int max, Promise<List<Subscriber>> found) implements Command {}

  /** Tell what connections to Redis there are. */
  record Describe(Promise<List<ConnectionReport>> connections) implements Command {}

  /** Ask all other servers something. */
  record Ask(JsonObject question, Promise<Answers> answers) implements Command {}

  /** Tell a watcher whether anybody subscribes its channel: as soon as possible, and on changes. */
  record Watch(Watcher watcher) implements Command {}

  /** A watcher needs to be told no more. */
  record Unwatch(Watcher watcher) implements Command {}
}
