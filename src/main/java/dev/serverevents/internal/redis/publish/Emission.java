package dev.serverevents.internal.redis.publish;

import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event on its way to Redis. */
public final class Emission {

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

  final Promise<Integer> receivers = Promise.promise();
  private final PubSub pubsub;
  private final String channel;
  private final Buffer payload;
  private final String retainedKey;
  private final long retain;
  private final @Nullable IdempotentEmit idempotent;
  private final long deadline;
  private Step step;
  private boolean asking;
  private @Nullable Throwable failure;
  private boolean sent;
  private int refusals;
  private @Nullable String refusal;

  /**
   * An event to publish, and to keep under its key as well where the options say so.
   *
   * @param key the event's name and id, which name the keys; {@code channel} may be another's
   * @param deadline a {@link System#nanoTime()}
   */
  Emission(
      PubSub pubsub,
      String channel,
      Buffer payload,
      EventKey key,
      EmitOptions options,
      long deadline) {
    this.pubsub = pubsub;
    this.channel = channel;
    this.payload = payload;
    this.deadline = deadline;
    retainedKey = WireNames.retainedKey(key);
    retain = options.retain();
    idempotent = IdempotentEmit.of(payload, key, options);
    step = isRepeatable() ? Step.KEEP_AND_PUBLISH : Step.PUBLISH;
  }

  /** What is to be sent now, in one write; the answer to the last is that to the event. */
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
   * Tells whether one master of a cluster can keep it and publish it: a sharded channel has a slot
   * as a key has, and the two differ for a direct reply, and where a name or an id contains "}".
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

  /** Has it kept first, and then published. */
  void split() {
    step = Step.KEEP;
  }

  /** The node that is asked next is not the owner of the slot yet; only keys are there. */
  void ask() {
    split();
    asking = true;
  }

  /** How many bytes its payload has. */
  int size() {
    return payload.length();
  }

  /** Redis has not done it, and it is to be sent anew. */
  void beginAnew() {
    asking = false;
    sent = false;
  }

  /** The same, for a reason of which it matters how often there was one; returns that. */
  int refused(ErrorReply error) {
    beginAnew();
    refusal = error.getMessage();
    return ++refusals;
  }

  /** What Redis said when it last did not do it, or null. */
  @Nullable String refusal() {
    return refusal;
  }

  /** Has it fail, though it is published. */
  void failAtEnd(Throwable cause) {
    failure = cause;
  }

  /** What tells whether it was emitted already, or null. */
  @Nullable IdempotentEmit idempotent() {
    return idempotent;
  }

  /** Whether it may be sent again when it is not known whether Redis had it. */
  boolean isRepeatable() {
    return retain > 0 || idempotent != null;
  }

  /** Whether what is sent now leaves a key, for replicas to have as well. */
  public boolean leavesKey() {
    return step != Step.PUBLISH;
  }

  /** It is being sent. */
  void sent() {
    sent = true;
  }

  /** Whether Redis may have it. */
  boolean isSent() {
    return sent;
  }

  boolean hasEnded() {
    return receivers.future().isComplete();
  }

  /**
   * Takes the answer to its last command; null where the client did not pass it on.
   *
   * @return whether that was all, so that its outcome is known
   */
  boolean answered(@Nullable Response answer) {
    if (step == Step.KEEP) {
      step = Step.PUBLISH;
      asking = false;
      return false;
    }
    if (failure != null) {
      receivers.tryFail(failure);
      return true;
    }
    try {
      var counted = answer == null ? UNKNOWN : receivers(answer);
      receivers.tryComplete(pubsub.counts() ? counted : UNKNOWN);
    } catch (IdempotencyException differs) {
      receivers.tryFail(differs);
    }
    return true;
  }

  private int receivers(Response answer) {
    if (idempotent != null) {
      return idempotent.receivers(answer.toString());
    }
    return (step == Step.KEEP_AND_PUBLISH ? answer.get(1) : answer).toInteger();
  }

  boolean isLate(long now) {
    return deadline - now <= 0;
  }

  /** Ms until it is late. */
  long msLeft(long now) {
    return (deadline - now) / 1_000_000;
  }

  void fail(Throwable cause) {
    receivers.tryFail(cause);
  }
}
