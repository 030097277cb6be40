package dev.serverevents.redis;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventKey;
import dev.serverevents.IdempotencyException;
import dev.serverevents.bus.Sha256;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * An emit that happens once, however often and on however many servers it is asked for: a script
 * publishes the first with its key, and notes what it was and how many received it, as {@code
 * <fingerprint> <receivers>}, for {@link EmitOptions#IDEMPOTENCY}.
 *
 * @param key as its user named it
 * @param redisKey where its outcome is noted
 * @param fingerprint a hash of what is emitted
 */
record IdempotentEmit(String key, String redisKey, String fingerprint) {

  /** Sent as a whole: a script that Redis must have kept would be gone after a failover. */
  private static final String SCRIPT =
      """
      local first = redis.call('GET', KEYS[1])
      if first then return first end
      if ARGV[3] ~= '0' then redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
      local outcome = ARGV[4] .. ' ' .. redis.call(ARGV[6], ARGV[1], ARGV[2])
      redis.call('SET', KEYS[1], outcome, 'PX', ARGV[5])
      return outcome
      """;

  /** What the options ask for, or null if they have no key. */
  static @Nullable IdempotentEmit of(Buffer payload, EventKey event, EmitOptions options) {
    var key = options.idempotencyKey();
    return key == null
        ? null
        : new IdempotentEmit(
            key, WireFormat.idempotencyKey(event, key), fingerprint(payload, options.retain()));
  }

  Request command(PubSub pubsub, String channel, Buffer payload, String retainedKey, long retain) {
    return Request.cmd(Command.EVAL)
        .arg(SCRIPT)
        .arg(2)
        .arg(redisKey)
        .arg(retainedKey)
        .arg(channel)
        .arg(payload)
        .arg(retain)
        .arg(fingerprint)
        .arg(EmitOptions.IDEMPOTENCY.toMillis())
        .arg(pubsub.publish().toString());
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
