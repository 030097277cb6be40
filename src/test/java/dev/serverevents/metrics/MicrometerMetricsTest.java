package dev.serverevents.metrics;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.Store;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

@OnBothBackends
class MicrometerMetricsTest {

  private static final Path DASHBOARD = Path.of("conf", "grafana-dashboard.json");
  private static final Path ALERTS = Path.of("conf", "prometheus-alerts.yml");
  private static final Pattern DASHBOARD_EXPRESSION = Pattern.compile("\"expr\": \"(.*)\"");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private double value(String meter) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(meter + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(meter.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  private void await(String meter, double value) {
    Await.untilAsserted(() -> assertThat(value(meter)).as(meter).isEqualTo(value));
  }

  private static String waits(String name, String outcome, String cause) {
    return "server_events_waits_total{cause=\"%s\",name=\"%s\",outcome=\"%s\"}"
        .formatted(cause, name, outcome);
  }

  private static Set<String> names(String text) {
    return Pattern.compile("server_events_[a-z_]+")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatHappensIsCounted(Server server) {
    MicrometerMetrics.bind(server.vertx(), registry);
    server.deploy();
    var events = server.events();
    var wait = events.listen("pi", 1);
    result(wait.subscribed());
    await("server_events_waits_pending", 1);
    result(events.emit("pi", 1));
    result(wait.future());
    failure(events.on("pi", 1, 300));
    var failed = events.listen("pi", 1);
    result(failed.subscribed());
    result(events.emitFailure("pi", 1, 42, "no", null));
    failure(failed.future());
    events.listen("pi", 1).cancel();
    for (var cause : new String[] {"result", "failure", "cancelled"}) {
      await(waits("pi", cause, cause), 1);
    }
    await(waits("pi", "timeout", "no-event"), 1);
    await("server_events_waits_pending", 0);
    await("server_events_time_to_result_seconds_count{name=\"pi\"}", 1);
    await("server_events_emits_total{name=\"pi\",outcome=\"emitted\"}", 2);
    await("server_events_receivers_total{name=\"pi\"}", 2);
    await("server_events_emits_queued", 0);
    server.undeploy();
    failure(events.on("pi", 2));
    Await.untilAsserted(
        () -> assertThat(value(waits("pi", "unavailable", "not-deployed"))).isPositive());
  }

  @Test
  void streamsDropsAndReconnectsAreCounted(Server server) {
    MicrometerMetrics.bind(server.vertx(), registry);
    server.deploy();
    var stream = server.events().stream("pi", 1, StreamOptions.DEFAULT.follow(true));
    result(stream.subscribed());
    await("server_events_streams_open", 1);
    server.broker().publish("pi:1", "[1");
    server.broker().publish("pi:1", "{}");
    server.broker().publish("pi:1", "[\"" + "x".repeat(1 << 20) + "\"]");
    for (var reason : new String[] {"json", "shape", "size"}) {
      await("server_events_payloads_dropped_total{reason=\"%s\"}".formatted(reason), 1);
    }
    server.broker().gap();
    await("server_events_redis_reconnects_total{store=\"output_store\"}", 1);
    await("server_events_redis_failures_total{store=\"output_store\"}", 1);
    await("server_events_redis_resubscribe_seconds_count", 1);
    stream.close();
    await("server_events_streams_open", 0);
    await("server_events_streams_total{cause=\"result\",outcome=\"result\"}", 1);
  }

  @Test
  void namesThatClientsChooseDoNotFillTheMemory() {
    var metrics = new MicrometerMetrics(registry);
    for (var i = 0; i < 10_000; i++) {
      metrics.waitBegan();
      metrics.waitEnded("name " + i, null, 1);
    }
    assertThat(registry.getMeters()).hasSizeLessThan(MicrometerMetrics.MAX_NAMES * 12);
    await("server_events_time_to_result_seconds_count{name=\"other\"}", 9_900);
    await("server_events_time_to_result_seconds_count{name=\"name 0\"}", 1);
  }

  @Test
  void aCauseHasASeriesOnceItHappensAndTheUsualOnesFromTheStart() {
    var metrics = new MicrometerMetrics(registry);
    metrics.waitBegan();
    metrics.waitEnded("pi", null, 1);
    var meters = registry.getMeters().size();
    for (var usual :
        new Throwable[] {
          new EventFailureException("pi", "1", 42, "no", null),
          new EventTimeoutException("pi", "1", 1),
          new UnavailableException(Cause.REDIS_GAP, "gap"),
          new UnavailableException(Cause.REDIS_AWAY, "away"),
          new WaitCancelledException(Cause.CANCELLED, "cancelled"),
          new WaitCancelledException(Cause.CLIENT_GONE, "gone")
        }) {
      metrics.waitBegan();
      metrics.waitEnded("pi", usual, 1);
    }
    assertThat(registry.getMeters()).hasSize(meters);
    for (var i = 0; i < 10; i++) {
      metrics.waitBegan();
      metrics.waitEnded("pi", new UnavailableException(Cause.DRAINING, "draining"), 1);
    }
    assertThat(registry.getMeters()).hasSize(meters + 1);
    await(waits("pi", "unavailable", "draining"), 10);
  }

  @Test
  void everyCauseHasAnOutcomeOfThoseThatDashboardsKnow() {
    var outcomes = new EnumMap<Cause, Object>(Cause.class);
    for (var cause : Cause.values()) {
      outcomes.put(cause, Outcome.of(cause));
    }
    assertThat(outcomes.values()).containsAll(List.of(Outcome.values()));
    assertThat(outcomes)
        .containsEntry(Cause.NEVER_CLAIMED, Outcome.TIMEOUT)
        .containsEntry(Cause.WORKER_LOST, Outcome.UNAVAILABLE)
        .containsEntry(Cause.LIMIT, Outcome.UNAVAILABLE)
        .containsEntry(Cause.CLIENT_GONE, Outcome.CANCELLED)
        .containsEntry(Cause.NOT_HANDED_OVER, Outcome.OTHER);
  }

  @Test
  void namesUnderWhichNothingIsReceivedAreNotToldApart() {
    var metrics = new MicrometerMetrics(registry);
    var meters = registry.getMeters().size();
    for (var i = 0; i < 10_000; i++) {
      var name = "junk " + i;
      metrics.waitBegan();
      metrics.waitEnded(name, new EventTimeoutException(name, "1", 1), 1);
      metrics.emitBegan();
      metrics.emitted(name, 0);
      metrics.emitBegan();
      metrics.emitFailed(name, new UnavailableException(Cause.REDIS_AWAY, "no"));
    }
    assertThat(registry.getMeters()).hasSize(meters);
    metrics.waitBegan();
    metrics.waitEnded("real", null, 1);
    metrics.emitBegan();
    metrics.emitted("heard", 2);
    await(waits("real", "result", "result"), 1);
    await("server_events_receivers_total{name=\"heard\"}", 2);
    await(waits("other", "timeout", "no-event"), 10_000);
    await("server_events_emits_total{name=\"other\",outcome=\"emitted\"}", 10_000);
    await("server_events_emits_total{name=\"other\",outcome=\"failed\"}", 10_000);
  }

  @Test
  void aNameThatIsInUseIsNotPushedOutAndOneThatIsNotGivesWayAfterAnHour() {
    var hours = new AtomicLong();
    var clock =
        new Clock() {
          @Override
          public long wallTime() {
            return TimeUnit.HOURS.toMillis(hours.get());
          }

          @Override
          public long monotonicTime() {
            return TimeUnit.HOURS.toNanos(hours.get());
          }
        };
    var timed =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    var metrics = new MicrometerMetrics(timed);
    receive(metrics, "real");
    for (var i = 0; i < 10_000; i++) {
      receive(metrics, "junk " + i);
    }
    receive(metrics, "late");
    assertThat(timed.scrape()).contains("name=\"real\"").doesNotContain("name=\"late\"");
    hours.set(1);
    receive(metrics, "real");
    hours.set(2);
    receive(metrics, "late");
    receive(metrics, "other");
    assertThat(timed.scrape())
        .contains(waits("real", "result", "result") + " 2.0")
        .contains(waits("late", "result", "result") + " 1.0")
        .doesNotContain("junk");
  }

  private static void receive(MicrometerMetrics metrics, String name) {
    metrics.waitBegan();
    metrics.waitEnded(name, null, 1);
  }

  @Test
  void theDashboardAndTheAlertsUseOnlyMetersThatExist() throws IOException {
    ServerEventsMetrics metrics = new MicrometerMetrics(registry);
    metrics.payloadDropped("json");
    metrics.streamBegan();
    metrics.streamEnded(null);
    metrics.connectionFailed(Store.INPUT_STORE);
    var exist = names(registry.scrape());
    for (var file : new Path[] {DASHBOARD, ALERTS}) {
      var used = names(Files.readString(file));
      assertThat(used).hasSizeGreaterThan(5);
      assertThat(exist).containsAll(used);
    }
    var dashboard = new JsonObject(Files.readString(DASHBOARD));
    assertThat(dashboard.getJsonArray("panels").stream())
        .isNotEmpty()
        .allSatisfy(panel -> assertThat(((JsonObject) panel).getJsonArray("targets")).isNotEmpty());
  }

  /** What Prometheus is told once everything has happened that there is a meter of. */
  private String scrapeOfAll(Server server) {
    MicrometerMetrics.bind(server.vertx(), registry);
    var metrics = ServerEventsMetrics.of(server.vertx());
    metrics.waitBegan();
    metrics.waitEnded("pi", null, 1);
    metrics.streamBegan();
    metrics.streamEnded(null);
    metrics.refused("http.perClient.waits");
    metrics.payloadDropped("json");
    return registry.scrape();
  }

  @Test
  void everyMeterSaysWhatItIs(Server server) {
    var scrape = scrapeOfAll(server);
    var help = scrape.lines().filter(line -> line.startsWith("# HELP ")).toList();
    assertThat(help)
        .hasSizeGreaterThanOrEqualTo(Meters.values().length)
        .allMatch(line -> line.matches("# HELP server_events_\\w+ [A-Z]\\w+ .+"));
  }

  @Test
  void prometheusFindsNothingWrongWithTheMeters(Server server, @TempDir Path directory)
      throws IOException {
    Programs.assume(
        Programs.run(directory, "promtool", "--version"),
        "meters with promtool, which is not here");
    Files.writeString(directory.resolve("metrics"), scrapeOfAll(server));
    assertThat(Programs.run(directory, "sh", "-c", "promtool check metrics < metrics")).isTrue();
  }

  @Test
  void theAlertsAreRulesOfPrometheus() throws IOException {
    Map<String, List<Map<String, List<Map<String, Object>>>>> file =
        new Yaml().load(Files.readString(ALERTS));
    var rules = file.get("groups").get(0).get("rules");
    assertThat(rules)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            rule -> assertThat(rule).containsKeys("alert", "expr", "labels", "annotations"));
  }

  @Test
  void prometheusTakesTheAlertsAndWhatTheDashboardAsks(@TempDir Path directory) throws Exception {
    Programs.assume(
        Programs.run(directory, "promtool", "--version"), "rules with promtool, which is not here");
    var rules = new ArrayList<Map<String, Object>>();
    DASHBOARD_EXPRESSION
        .matcher(Files.readString(DASHBOARD))
        .results()
        .map(expr -> expr.group(1).replace("$__rate_interval", "1m"))
        .forEach(expr -> rules.add(Map.of("record", "r" + rules.size(), "expr", expr)));
    assertThat(rules).hasSizeGreaterThan(8);
    var group = Map.of("name", "dashboard", "rules", rules);
    var dashboard = directory.resolve("dashboard.yml");
    Files.writeString(dashboard, new Yaml().dump(Map.of("groups", List.of(group))));
    for (var file : new Path[] {ALERTS, dashboard}) {
      var path = file.toAbsolutePath().toString();
      assertThat(Programs.run(directory, "promtool", "check", "rules", path)).as(path).isTrue();
    }
  }
}
