package dev.serverevents.app.cli;

import io.vertx.core.json.JsonObject;

/**
 * What was measured.
 *
 * @param p50 how long half of them took at most, in ms
 * @param p99 how long 99 of 100 took at most, in ms
 * @param max how long the slowest one took, in ms
 */
record Measured(String what, long count, double perSecond, double p50, double p99, double max) {

  JsonObject toJson() {
    return new JsonObject()
        .put("what", what)
        .put("count", count)
        .put("per_second", Math.round(perSecond))
        .put("p50_ms", p50)
        .put("p99_ms", p99)
        .put("max_ms", max);
  }

  String text() {
    return "%-12s %,12d %9.2f %9.2f %9.2f".formatted(what, Math.round(perSecond), p50, p99, max);
  }
}
