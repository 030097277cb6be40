package dev.serverevents.app;

import dev.serverevents.ServerEvents;
import dev.serverevents.app.demo.PiRoute;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the runnable server. */
final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);
  private static final List<Integer> ERRORS = List.of(400, 404, 405, 413, 500);

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
    ERRORS.forEach(status -> router.errorHandler(status, Problems::answer));
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
