package dev.serverevents.app;

import io.micrometer.core.instrument.Tag;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.spi.observability.HttpRequest;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Vert.x's own metrics, for Prometheus. A client may invent any number of methods, each of which
 * would be a series of its own, so those that nobody serves here are one.
 */
final class VertxMeters {

  private static final String METHOD = Label.HTTP_METHOD.toString();
  private static final List<Tag> OTHER = List.of(Tag.of(METHOD, "other"));

  private static final Set<HttpMethod> SERVED =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.DELETE,
          HttpMethod.OPTIONS);

  private VertxMeters() {}

  static MicrometerMetricsOptions options() {
    var labels = EnumSet.copyOf(MicrometerMetricsOptions.DEFAULT_LABELS);
    labels.remove(Label.HTTP_METHOD);
    return new MicrometerMetricsOptions()
        .setEnabled(true)
        .setLabels(labels)
        .setServerRequestTagsProvider(VertxMeters::method)
        .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true));
  }

  private static List<Tag> method(HttpRequest request) {
    return SERVED.contains(request.method())
        ? List.of(Tag.of(METHOD, request.method().name()))
        : OTHER;
  }
}
