package dev.serverevents.simulation;

import dev.serverevents.internal.memory.MemoryRedis;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/** What other programs do with Redis, as long as it is there. */
final class Elsewhere {

  /** The numbers of answers, which no emit has: so many for each wait. */
  private static final int ANSWERS = 1_000;

  private final MemoryRedis redis;
  private final Facts facts;
  private final Trace trace;
  private final Map<Integer, Integer> answers = new HashMap<>();

  Elsewhere(MemoryRedis redis, Facts facts, Trace trace) {
    this.redis = redis;
    this.facts = facts;
    this.trace = trace;
  }

  void emit(EventKey key, int number) {
    publish(key.channel(), WireFormat.encode(key.name(), key.id(), number));
  }

  void publish(String channel, Buffer payload) {
    if (!redis.isDown()) {
      redis.publish(channel, payload);
    }
  }

  /** A number that no other event has, for the answer to a wait. */
  int answerTo(int wait) {
    return (wait + 1) * ANSWERS + answers.merge(wait, 1, Integer::sum);
  }

  /** The wait for which an answer was, or -1 if it was an emit. */
  static int waitOf(int number) {
    return number / ANSWERS - 1;
  }

  /** A worker has the job of a wait. */
  void taken(int wait) {
    trace.add("taken", wait);
    facts.waits.get(wait).taken = trace.now();
  }

  /** The worker has done it. */
  void done(int wait) {
    facts.waits.get(wait).done = trace.now();
  }
}
