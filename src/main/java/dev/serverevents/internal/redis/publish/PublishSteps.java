package dev.serverevents.internal.redis.publish;

import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands that publish an event, and keep it if it is retained: all in one step, or in two.
 */
final class PublishSteps {

  /** How many received an event whose receivers Redis could not count. */
  private static final int UNKNOWN = -1;

  /** What Redis is asked to do next. */
  private enum Step {
    /** To keep it and to publish it, both or neither. */
    KEEP_AND_PUBLISH,
    /** To keep it: it is published next, when that is done. Nobody can miss it in this order. */
    KEEP,
    PUBLISH
  }

  private final PubSub pubsub;
  private final String channel;
  private final Buffer payload;
  private final String retainedKey;
  private final long retain;
  private final @Nullable IdempotentEmit idempotent;
  private Step step;
  private boolean asking;

  PublishSteps(PubSub pubsub, String channel, Buffer payload, EventKey key, EmitOptions options) {
    this.pubsub = pubsub;
    this.channel = channel;
    this.payload = payload;
    retainedKey = WireNames.retainedKey(key);
    retain = options.retain();
    idempotent = IdempotentEmit.of(payload, key, options);
    step = isRepeatable() ? Step.KEEP_AND_PUBLISH : Step.PUBLISH;
  }

  /** What is to be sent now, in one write; the answer to the last command is that to the event. */
  List<Request> commands() {
    var commands = new ArrayList<Request>(4);
    if (idempotent != null) {
      commands.add(idempotent.command(pubsub, channel, payload, retainedKey, retain));
      return commands;
    }
    if (asking) {
      commands.add(Request.cmd(Command.ASKING));
    }
    if (step == Step.KEEP_AND_PUBLISH) {
      commands.add(Request.cmd(Command.MULTI));
    }
    if (step != Step.PUBLISH) {
      commands.add(Request.cmd(Command.SET).arg(retainedKey).arg(payload).arg("PX").arg(retain));
    }
    if (step != Step.KEEP) {
      commands.add(Request.cmd(pubsub.publish()).arg(channel).arg(payload));
    }
    if (step == Step.KEEP_AND_PUBLISH) {
      commands.add(Request.cmd(Command.EXEC));
    }
    return commands;
  }

  /** The slot whose master in a cluster is to be asked now. */
  int slot() {
    return Slots.of(step == Step.PUBLISH ? channel : retainedKey);
  }

  /**
   * Tells whether one master of a cluster can do all of it: a sharded channel has a slot as a key
   * has, and the two differ for a direct reply, and where a name or an id contains "}".
   */
  boolean isOfOneSlot() {
    return step != Step.KEEP_AND_PUBLISH
        || !pubsub.isSharded()
        || Slots.of(channel) == Slots.of(retainedKey);
  }

  /** Tells whether any node of a cluster can do what is to be done now. */
  boolean isForAnyNode() {
    return step == Step.PUBLISH && !pubsub.isSharded();
  }

  /** Has the event kept first, and then published. */
  void split() {
    step = Step.KEEP;
  }

  /** The node that is asked next is not the owner of the slot yet; only keys are there. */
  void ask() {
    split();
    asking = true;
  }

  /** The owner of the slot is asked next. */
  void askOwner() {
    asking = false;
  }

  /** How many bytes the payload has. */
  int size() {
    return payload.length();
  }

  /** The idempotency key, with what it stands for; or null. */
  @Nullable IdempotentEmit idempotent() {
    return idempotent;
  }

  /** Whether it may be sent again when it is not known whether Redis had it. */
  boolean isRepeatable() {
    return retain > 0 || idempotent != null;
  }

  /** Whether what is sent now leaves a key, for replicas to have as well. */
  boolean leavesKey() {
    return step != Step.PUBLISH;
  }

  /** A step is done; returns whether it was the last. */
  boolean advance() {
    if (step != Step.KEEP) {
      return true;
    }
    step = Step.PUBLISH;
    asking = false;
    return false;
  }

  /**
   * Reads the answer to the last step, which is null where the client did not pass it on.
   *
   * @return how many received the event, or -1 where that is not known
   * @throws IdempotencyException if its idempotency key stands for another event
   */
  int receivers(@Nullable Response answer) {
    var counted = answer == null ? UNKNOWN : count(answer);
    return pubsub.counts() ? counted : UNKNOWN;
  }

  private int count(Response answer) {
    if (idempotent != null) {
      return idempotent.receivers(answer.toString());
    }
    return (step == Step.KEEP_AND_PUBLISH ? answer.get(1) : answer).toInteger();
  }
}
