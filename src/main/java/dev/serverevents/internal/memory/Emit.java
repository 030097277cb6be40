package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Sha256;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An event on its way to the memory, and what has become of it. */
final class Emit {

  private final String channel;
  private final Buffer payload;
  private final EventKey key;
  private final EmitOptions options;
  private final long deadline;
  private final Promise<Integer> receivers = Promise.promise();
  private boolean isSent;

  /** An event to publish until a time of the clock, in ns. */
  Emit(String channel, Buffer payload, EventKey key, EmitOptions options, long deadline) {
    this.channel = channel;
    this.payload = payload;
    this.key = key;
    this.options = options;
    this.deadline = deadline;
  }

  /** How many received it, or how it failed. */
  Future<Integer> receivers() {
    return receivers.future();
  }

  int size() {
    return payload.length();
  }

  long deadline() {
    return deadline;
  }

  boolean isSent() {
    return isSent;
  }

  void sent(boolean nowSent) {
    isSent = nowSent;
  }

  boolean hasEnded() {
    return receivers.future().isComplete();
  }

  /** Whether it may be sent again when it is not known whether the memory had it. */
  boolean isRepeatable() {
    return options.retain() > 0 || options.idempotencyKey() != null;
  }

  /** Where what became of it is noted, or null if it has no idempotency key. */
  @Nullable String outcomeKey() {
    var named = options.idempotencyKey();
    return named == null ? null : WireNames.idempotencyKey(key, named);
  }

  private String idempotencyKey() {
    return String.valueOf(options.idempotencyKey());
  }

  /** Says what is emitted, in short. */
  String fingerprint() {
    return Sha256.hex(payload.copy().appendString(String.valueOf(options.retain())).getBytes());
  }

  /** Why another one cannot be emitted while this one is under way, which has the same key. */
  IdempotencyException rival(Emit other) {
    return fingerprint().equals(other.fingerprint())
        ? IdempotencyException.inProgress(idempotencyKey())
        : IdempotencyException.differs(idempotencyKey());
  }

  /** Publishes it, under the lock of the memory: {@code <fingerprint> <receivers>}. */
  String run(MemoryServer server) {
    var outcomeKey = outcomeKey();
    var first = outcomeKey == null ? null : server.keys().get(outcomeKey);
    if (first != null) {
      return first.buffer().toString(StandardCharsets.UTF_8);
    }
    var retain = options.retain();
    var retainedKey = retain > 0 ? WireNames.retainedKey(key) : null;
    var outcome = fingerprint() + " " + server.publish(channel, payload, retainedKey, retain);
    if (outcomeKey != null) {
      server.keys().set(outcomeKey, Buffer.buffer(outcome), EmitOptions.IDEMPOTENCY.toMillis());
    }
    return outcome;
  }

  /** Ends it with what it was told of itself, or of the first one with its key. */
  void ran(String outcome) {
    var parts = outcome.split(" ", 2);
    if (parts[0].equals(fingerprint())) {
      receivers.tryComplete(Integer.valueOf(parts[1]));
    } else {
      receivers.tryFail(IdempotencyException.differs(idempotencyKey()));
    }
  }

  void fail(Cause why, String message) {
    receivers.tryFail(new UnavailableException(why, message));
  }
}
