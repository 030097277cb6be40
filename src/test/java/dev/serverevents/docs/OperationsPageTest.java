package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Store;
import dev.serverevents.metrics.MicrometerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The tables of the page on operations have what there is; those of settings have their own. */
class OperationsPageTest {

  private static final Pages.Page PAGE = Pages.page("operations.md");

  @Test
  void itsMetricsAreThoseThereAre() {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var vertx = Vertx.vertx();
    MicrometerMetrics.bind(vertx, registry);
    var metrics = new MicrometerMetrics(registry);
    metrics.waitBegan();
    metrics.waitEnded("orders.priced", null, 1);
    metrics.streamBegan();
    metrics.streamEnded(null);
    metrics.refused("http.perClient.waits");
    metrics.emitBegan();
    metrics.emitted("orders.priced", 1);
    metrics.payloadDropped("json");
    metrics.connectionFailed(Store.INPUT_STORE);
    metrics.resubscribed(1);
    var there = new TreeSet<String>();
    Pages.matches("# TYPE (server_events_\\w+?)(_max)? ", registry.scrape())
        .forEach(meter -> there.add(meter.group(1)));
    vertx.close().await();
    assertThat(PAGE.column("Metrics", "server_events_\\w+"))
        .containsExactlyInAnyOrderElementsOf(there);
  }

  @Test
  void itsAlertsAreThoseThereAre() throws IOException {
    var rules = Files.readString(Path.of("conf", "prometheus-alerts.yml"));
    assertThat(PAGE.column("Alerts", "ServerEvents\\w+"))
        .containsExactlyElementsOf(
            Pages.matches("- alert: (\\w+)", rules).stream().map(alert -> alert.group(1)).toList());
  }

  @Test
  void itsSizesAreTheDefaults() {
    var sizes = Pages.matches("([\\d,]+)( MiB)? \\(`([a-zA-Z.]+)`\\)", PAGE.text());
    assertThat(sizes).hasSizeGreaterThan(10);
    for (var size : sizes) {
      var number = Long.parseLong(size.group(1).replace(",", ""));
      var value = "%,d".formatted(size.group(2) == null ? number : number << 20);
      assertThat(PAGE.text())
          .containsPattern("\\| `\\Q%s\\E` \\|.*\\| %s \\|".formatted(size.group(3), value));
    }
  }
}
