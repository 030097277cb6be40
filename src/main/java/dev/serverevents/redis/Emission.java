package dev.serverevents.redis;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;

/** An event on its way to Redis. */
final class Emission {

  final boolean retained;
  final Promise<Integer> receivers = Promise.promise();
  private final long deadline;
  private final List<Request> commands;

  /**
   * An event to publish, and to keep under its key, both or neither, if {@code retainMs} is not 0.
   *
   * @param eventChannel the event's own channel, which names the key; {@code channel} may be an
   *     inbox
   * @param deadline a {@link System#nanoTime()}
   */
  Emission(String channel, Buffer payload, String eventChannel, long retainMs, long deadline) {
    this.deadline = deadline;
    retained = retainMs > 0;
    var publish = Request.cmd(Command.PUBLISH).arg(channel).arg(payload);
    commands =
        retained
            ? List.of(
                Request.cmd(Command.MULTI),
                Request.cmd(Command.SET)
                    .arg(WireFormat.retainedKey(eventChannel))
                    .arg(payload)
                    .arg("PX")
                    .arg(retainMs),
                publish,
                Request.cmd(Command.EXEC))
            : List.of(publish);
  }

  List<Request> commands() {
    return commands;
  }

  /** Reads how many received it from the answer to its last command. */
  int receivers(Response answer) {
    return retained ? answer.get(1).toInteger() : answer.toInteger();
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
