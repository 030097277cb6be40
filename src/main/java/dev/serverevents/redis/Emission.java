package dev.serverevents.redis;

import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event on its way to Redis. */
final class Emission {

  /** How many received an event that Redis took beside one that it refused. */
  private static final int UNKNOWN = -1;

  final Promise<Integer> receivers = Promise.promise();
  private final boolean retained;
  private final @Nullable IdempotentEmit idempotent;
  private final long deadline;
  private final List<Request> commands;

  /**
   * An event to publish, and to keep under its key as well where the options say so.
   *
   * @param eventChannel the event's own channel, which names the keys; {@code channel} may be
   *     another
   * @param deadline a {@link System#nanoTime()}
   */
  Emission(
      String channel, Buffer payload, String eventChannel, EmitOptions options, long deadline) {
    this.deadline = deadline;
    retained = options.retain() > 0;
    idempotent = IdempotentEmit.of(payload, eventChannel, options);
    if (idempotent != null) {
      commands = List.of(idempotent.command(channel, payload, eventChannel, options.retain()));
      return;
    }
    var publish = Request.cmd(Command.PUBLISH).arg(channel).arg(payload);
    commands =
        retained
            ? List.of(
                Request.cmd(Command.MULTI),
                Request.cmd(Command.SET)
                    .arg(WireFormat.retainedKey(eventChannel))
                    .arg(payload)
                    .arg("PX")
                    .arg(options.retain()),
                publish,
                Request.cmd(Command.EXEC))
            : List.of(publish);
  }

  List<Request> commands() {
    return commands;
  }

  /** What tells whether it was emitted already, or null. */
  @Nullable IdempotentEmit idempotent() {
    return idempotent;
  }

  /** Whether it may be sent again when it is not known whether Redis had it. */
  boolean isRepeatable() {
    return retained || idempotent != null;
  }

  /** Takes the answer to its last command; null where the client did not pass it on. */
  void answered(@Nullable Response answer) {
    if (answer == null) {
      receivers.tryComplete(UNKNOWN);
    } else if (idempotent != null) {
      try {
        receivers.tryComplete(idempotent.receivers(answer.toString()));
      } catch (IdempotencyException differs) {
        receivers.tryFail(differs);
      }
    } else {
      receivers.tryComplete(retained ? answer.get(1).toInteger() : answer.toInteger());
    }
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
