package dev.serverevents.internal.local;

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

  /** Tell a watcher whether anybody subscribes its channel: as soon as possible, and on changes. */
  record Watch(Watcher watcher) implements Command {}

  /** A watcher needs to be told no more. */
  record Unwatch(Watcher watcher) implements Command {}
}
