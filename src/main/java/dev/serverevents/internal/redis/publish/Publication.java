package dev.serverevents.internal.redis.publish;

import dev.serverevents.Cause;
import dev.serverevents.IdempotencyException;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.redis.connection.ErrorReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/** An event on its way to Redis, and what has become of it. */
public final class Publication {

  private final PublishSteps steps;
  private final long deadline;
  private final Promise<Integer> receivers = Promise.promise();
  private @Nullable Throwable failure;
  private boolean sent;
  private int refusals;
  private @Nullable String refusal;

  /**
   * An event to publish.
   *
   * @param deadline a {@link System#nanoTime()}
   */
  Publication(PublishSteps steps, long deadline) {
    this.steps = steps;
    this.deadline = deadline;
  }

  /** What is to be sent. */
  PublishSteps steps() {
    return steps;
  }

  /** How many received it, or how it failed. */
  Future<Integer> receivers() {
    return receivers.future();
  }

  /** Whether what is sent now leaves a key, for replicas to have as well. */
  public boolean leavesKey() {
    return steps.leavesKey();
  }

  /** Redis has not done what was sent, and that is to be sent anew. */
  void beginAnew() {
    steps.askOwner();
    sent = false;
  }

  /** The same, since Redis answered with an error; returns how often it has done so. */
  int refused(ErrorReply error) {
    beginAnew();
    refusal = error.getMessage();
    return ++refusals;
  }

  /** What Redis said when it last did not do it, or null. */
  @Nullable String refusal() {
    return refusal;
  }

  /** Has it fail when it is published. */
  void failAtEnd(Throwable cause) {
    failure = cause;
  }

  /** Redis is being sent the commands. */
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
    if (!steps.advance()) {
      return false;
    }
    if (failure != null) {
      receivers.tryFail(failure);
      return true;
    }
    try {
      receivers.tryComplete(steps.receivers(answer));
    } catch (IdempotencyException differs) {
      receivers.tryFail(differs);
    }
    return true;
  }

  boolean isLate(long now) {
    return deadline - now <= 0;
  }

  /** Ms until it is late. */
  long msLeft(long now) {
    return (deadline - now) / 1_000_000;
  }

  void fail(Cause why, String message) {
    receivers.tryFail(new UnavailableException(why, message));
  }
}
