package dev.serverevents.bench;

import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run measured.
 *
 * @param p50 in us
 * @param p99 in us
 * @param cpu of the API's process, in us for each cycle
 * @param allCpu of all processes, in us for each cycle
 * @param saturated the process that used the most CPU, and how much of one
 */
record Result(
    double cyclesPerSecond,
    double p50,
    double p99,
    long cycles,
    long lost,
    double cpu,
    double allCpu,
    String saturated) {

  /** What an API server says of itself. */
  static Result of(String json) {
    var fields = new JsonObject(json);
    return new Result(
        fields.getDouble("cyclesPerSecond"),
        fields.getDouble("p50"),
        fields.getDouble("p99"),
        fields.getLong("cycles"),
        fields.getLong("lost"),
        fields.getDouble("cpu"),
        0,
        "");
  }

  /** The same with what is known of all processes. */
  Result with(double all, String busiest) {
    return new Result(cyclesPerSecond, p50, p99, cycles, lost, cpu, all, busiest);
  }

  /** The medians of several runs; cycles and what is lost are added up. */
  static Result median(List<Result> runs) {
    return new Result(
        median(runs, Result::cyclesPerSecond),
        median(runs, Result::p50),
        median(runs, Result::p99),
        runs.stream().mapToLong(Result::cycles).sum(),
        runs.stream().mapToLong(Result::lost).sum(),
        median(runs, Result::cpu),
        median(runs, Result::allCpu),
        runs.stream()
            .sorted(Comparator.comparingDouble(Result::cyclesPerSecond))
            .toList()
            .get(runs.size() / 2)
            .saturated);
  }

  private static double median(List<Result> runs, ToDoubleFunction<Result> value) {
    return runs.stream().mapToDouble(value).sorted().toArray()[runs.size() / 2];
  }
}
