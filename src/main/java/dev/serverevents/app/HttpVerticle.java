package dev.serverevents.app;

import dev.serverevents.ServerEvents;
import dev.serverevents.app.demo.PiRoute;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the runnable server. */
final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);
  private static final int SHUTDOWN_SECONDS = 5;

  private final Configuration configuration;
  private @Nullable HttpServer server;

  HttpVerticle(Configuration configuration) {
    this.configuration = configuration;
  }

  @Override
  public Future<?> start() {
    var events = ServerEvents.create(vertx);
    var router = Router.router(vertx);
    ServerEventsRoutes.mount(router, events, configuration.routes());
    PiRoute.mount(router, events, configuration.routes(), configuration.events().redisUrl(), vertx);
    Problems.handleErrors(router);
    server = vertx.createHttpServer().requestHandler(router);
    return server
        .listen(configuration.httpPort(), configuration.httpHost())
        .onSuccess(this::announce);
  }

  /** Lets answers that are under way reach their clients. */
  @Override
  public Future<?> stop() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }

  private void announce(HttpServer listening) {
    var url = "http://%s:%d".formatted(configuration.httpHost(), listening.actualPort());
    LOG.info("listening on {}", url);
    LOG.info("try: {}", PiRoute.curl(url));
  }
}
