package dev.serverevents.app;

import dev.serverevents.ServerEvents;
import dev.serverevents.app.demo.PiRoute;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the runnable server. */
final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  private final Configuration configuration;

  HttpVerticle(Configuration configuration) {
    this.configuration = configuration;
  }

  @Override
  public Future<?> start() {
    var events = ServerEvents.create(vertx);
    var router = Router.router(vertx);
    ServerEventsRoutes.mount(router, events);
    PiRoute.mount(router, events, configuration.events().redisUrl(), vertx);
    Problems.handleErrors(router);
    return vertx
        .createHttpServer()
        .requestHandler(router)
        .listen(configuration.httpPort(), configuration.httpHost())
        .onSuccess(this::announce);
  }

  private void announce(HttpServer server) {
    var url = "http://%s:%d".formatted(configuration.httpHost(), server.actualPort());
    LOG.info("listening on {}", url);
    LOG.info("try: {}", PiRoute.curl(url));
  }
}
