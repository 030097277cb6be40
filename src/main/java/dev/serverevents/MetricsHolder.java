package dev.serverevents;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;

/** Keeps the {@link ServerEventsMetrics} of a Vert.x in its shared data. */
record MetricsHolder(ServerEventsMetrics metrics) implements Shareable {

  static final String KEY = "metrics";

  static LocalMap<String, MetricsHolder> of(Vertx vertx) {
    return vertx.sharedData().getLocalMap("server-events.metrics");
  }
}
