package dev.serverevents.internal.insight;

import dev.serverevents.EventArgs;
import dev.serverevents.Explanation;
import dev.serverevents.SystemOverview;
import dev.serverevents.SystemOverview.ClaimState;
import dev.serverevents.SystemOverview.ConnectionState;
import dev.serverevents.SystemOverview.LimitState;
import dev.serverevents.SystemOverview.NameState;
import dev.serverevents.SystemOverview.ServerState;
import dev.serverevents.SystemOverview.WorkerState;
import dev.serverevents.internal.journal.Durations;
import dev.serverevents.internal.journal.NameReport;
import dev.serverevents.internal.journal.WorkerReport;
import dev.serverevents.internal.local.Answers;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Makes one of what all servers have answered. What cannot be read counts as missing. */
public final class Merge {

  private static final double HALF = 0.5;
  private static final double NEARLY_ALL = 0.99;

  /** How many limits are told that are near. */
  private static final int MAX_LIMITS = 100;

  private Merge() {}

  /** What one server says. */
  private record Report(
      ServerState server,
      List<NameReport> names,
      List<WorkerReport> workers,
      List<LimitState> limits) {

    static Report of(JsonObject json) {
      return new Report(
          state(json),
          objects(json, "names", NameReport::of),
          objects(json, "workers", WorkerReport::of),
          objects(
              json,
              "limits",
              limit ->
                  new LimitState(
                      limit.getString("setting"),
                      limit.getLong("used"),
                      limit.getLong("limit"),
                      limit.getString("client"))));
    }
  }

  private static <T> List<T> objects(
      JsonObject json, String field, Function<JsonObject, T> reader) {
    return json.getJsonArray(field).stream().map(JsonObject.class::cast).map(reader).toList();
  }

  private static ServerState state(JsonObject json) {
    return new ServerState(
        json.getString("server"),
        json.getString("host"),
        json.getString("version"),
        json.getLong("up_ms"),
        json.getString("redis").equals("connected"),
        json.getLong("pending"),
        json.getLong("streams"),
        json.getLong("unread_bytes"),
        json.getLong("heap_bytes"),
        json.getLong("loop_delay_ms"),
        json.getBoolean("draining"),
        objects(
            json,
            "connections",
            connection ->
                new ConnectionState(
                    connection.getString("node"),
                    connection.getString("role"),
                    connection.getBoolean("connected"),
                    connection.getInteger("slots"))));
  }

  /** Reads all that can be read; gives how many cannot. */
  private static <T> int read(Answers answers, Function<JsonObject, T> reader, List<T> to) {
    var unread = 0;
    for (var answer : answers.all()) {
      try {
        to.add(reader.apply(answer));
      } catch (RuntimeException malformed) { // whatever another version, or a stranger, says
        unread++;
      }
    }
    return unread;
  }

  /** How all servers are, at a time in ms since 1970. */
  public static SystemOverview overview(Answers answers, long at) {
    var reports = new ArrayList<Report>();
    var unread = read(answers, Report::of, reports);
    var names =
        NameReport.merge(
            reports.stream().flatMap(report -> report.names.stream()).toList(), Reporter.MAX_TOLD);
    var workers =
        WorkerReport.merge(
            reports.stream().flatMap(report -> report.workers.stream()).toList(),
            Reporter.MAX_TOLD);
    return new SystemOverview(
        at,
        reports.stream().map(Report::server).toList(),
        names.stream().map(Merge::name).toList(),
        workers.stream().map(Merge::worker).toList(),
        limits(reports.stream().flatMap(report -> report.limits.stream())),
        answers.missing() + unread);
  }

  private static NameState name(NameReport report) {
    return new NameState(
        report.name(),
        report.pending(),
        report.oldestMs(),
        report.streams(),
        Map.copyOf(report.outcomes()),
        Durations.quantile(report.durations(), HALF),
        Durations.quantile(report.durations(), NEARLY_ALL),
        report.perSecond());
  }

  private static WorkerState worker(WorkerReport report) {
    return new WorkerState(
        report.worker(),
        report.name(),
        report.claimed().stream().map(claim -> new ClaimState(claim.id(), claim.forMs())).toList(),
        report.lastSeenMs());
  }

  /** A limit, and a client that it is for. */
  private record Limited(String setting, String client) {}

  private static List<LimitState> limits(Stream<LimitState> all) {
    var fullest = new HashMap<Limited, LimitState>();
    all.forEach(
        each ->
            fullest.merge(
                new Limited(each.setting(), String.valueOf(each.client())),
                each,
                (one, two) -> part(one) >= part(two) ? one : two));
    return fullest.values().stream()
        .sorted(
            Comparator.comparingDouble(Merge::part).reversed().thenComparing(LimitState::setting))
        .limit(MAX_LIMITS)
        .toList();
  }

  private static double part(LimitState limit) {
    return (double) limit.used() / Math.max(1, limit.limit());
  }

  /** What one server says of an event. */
  private record Told(long pending, List<Explanation.Step> steps) {

    static Told of(JsonObject json) {
      var server = json.getString("server");
      return new Told(json.getLong("pending"), objects(json, "steps", step -> step(server, step)));
    }

    private static Explanation.Step step(String server, JsonObject json) {
      var args = json.getJsonArray("args");
      return new Explanation.Step(
          json.getLong("at"),
          json.getString("server", server),
          json.getString("what"),
          json.getString("detail"),
          json.getString("cause"),
          args == null ? null : EventArgs.ofJson(args.toBuffer()));
    }
  }

  /** What happened to an event. */
  public static Explanation explanation(EventKey key, Answers answers) {
    var told = new ArrayList<Told>();
    var unread = read(answers, Told::of, told);
    var steps = new ArrayList<Explanation.Step>();
    told.stream()
        .flatMap(each -> each.steps.stream())
        .distinct() // several may have inherited the same from a server that is gone
        .sorted(Comparator.comparingLong(Explanation.Step::at))
        .forEach(steps::add);
    var pending = told.stream().mapToLong(Told::pending).sum();
    var cause = pending > 0 ? Explanation.PENDING : lastCause(steps);
    return new Explanation(
        key.name(),
        key.id(),
        cause,
        Sentence.of(cause, steps),
        List.copyOf(steps),
        answers.missing() + unread);
  }

  private static String lastCause(List<Explanation.Step> steps) {
    var cause = Explanation.UNKNOWN;
    for (var step : steps) {
      if (step.cause() != null) {
        cause = step.cause();
      }
    }
    return cause;
  }

  /** How many waits and streams all servers together have cancelled. */
  public static int cancelled(Answers answers) {
    return answers.all().stream()
        .mapToInt(each -> each.getValue("cancelled") instanceof Number n ? n.intValue() : 0)
        .sum();
  }
}
