package dev.serverevents.internal.redis.publish;

import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.internal.Sha256;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * An emit that happens once, however often and on however many servers it is asked for: the {@link
 * EmitFunction} publishes the first with its key, and notes what it was and how many received it,
 * as {@code <fingerprint> <receivers>}, for {@link EmitOptions#IDEMPOTENCY}.
 *
 * @param key as its user named it
 * @param redisKey where its outcome is noted
 * @param fingerprint a hash of what is emitted
 */
record IdempotentEmit(String key, String redisKey, String fingerprint) {

  /** What the options ask for, or null if they have no key. */
  static @Nullable IdempotentEmit of(Buffer payload, EventKey event, EmitOptions options) {
    var key = options.idempotencyKey();
    return key == null
        ? null
        : new IdempotentEmit(
            key, WireNames.idempotencyKey(event, key), fingerprint(payload, options.retain()));
  }

  Request command(PubSub pubsub, String channel, Buffer payload, String retainedKey, long retain) {
    return EmitFunction.call(
        redisKey,
        retainedKey,
        pubsub.publish(),
        channel,
        payload,
        retain,
        fingerprint,
        EmitOptions.IDEMPOTENCY.toMillis());
  }

  /**
   * Reads what is noted.
   *
   * @throws IdempotencyException if the key stands for something else
   */
  int receivers(String outcome) {
    var parts = outcome.split(" ", 2);
    if (!parts[0].equals(fingerprint)) {
      throw IdempotencyException.differs(key);
    }
    return Integer.parseInt(parts[1]);
  }

  /** Why this one cannot be emitted while another with its key is under way. */
  IdempotencyException rivalOf(IdempotentEmit underWay) {
    return equals(underWay)
        ? IdempotencyException.inProgress(key)
        : IdempotencyException.differs(key);
  }

  private static String fingerprint(Buffer payload, long retain) {
    var all = payload.copy().appendString(String.valueOf(retain));
    return Sha256.hex(all.getBytes());
  }
}
