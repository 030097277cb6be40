package dev.serverevents.app;

import dev.serverevents.ServerEvents;
import dev.serverevents.app.demo.PiRoute;
import dev.serverevents.redis.ClientOptions;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.CSPHandler;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.HSTSHandler;
import io.vertx.ext.web.handler.XFrameHandler;
import io.vertx.micrometer.PrometheusScrapingHandler;
import io.vertx.redis.client.Redis;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the runnable server. */
final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);
  private static final int SHUTDOWN_SECONDS = 5;
  private static final String METRICS = "/metrics";

  /** What browsers may send besides what they always may. */
  private static final Set<String> CORS_HEADERS =
      Set.of(
          "Authorization",
          "Content-Type",
          "Idempotency-Key",
          "Last-Event-ID",
          "Prefer",
          "X-API-Key");

  private final Configuration configuration;
  private @Nullable HttpServer server;

  HttpVerticle(Configuration configuration) {
    this.configuration = configuration;
  }

  @Override
  public Future<?> start() {
    return ClientOptions.of(vertx, configuration.events().getRedis())
        .map(options -> Redis.createClient(vertx, options))
        .compose(this::listen);
  }

  private Future<?> listen(Redis redis) {
    var http = configuration.http();
    var events = ServerEvents.create(vertx);
    var router = Router.router(vertx);
    router.route().handler(new AccessLog());
    secure(router, http);
    ServerEventsRoutes.mount(router, events, http.routes());
    authenticate(router, http, PiRoute.PATH);
    PiRoute.mount(router, events, http.routes(), redis);
    authenticate(router, http, METRICS);
    router.get(METRICS).handler(PrometheusScrapingHandler.create());
    Problems.handleErrors(router);
    server = vertx.createHttpServer(http.server()).requestHandler(router);
    return server.listen().onSuccess(this::announce);
  }

  /** Nothing here is a page, so no browser shall show it as one, frame it or guess its type. */
  private static void secure(Router router, HttpSettings http) {
    router.route().handler(XFrameHandler.create(XFrameHandler.DENY));
    router.route().handler(CSPHandler.create().setDirective("default-src", "'none'"));
    if (http.server().isSsl()) {
      router.route().handler(HSTSHandler.create());
    }
    if (!http.cors().isEmpty()) {
      router
          .route()
          .handler(
              CorsHandler.create()
                  .addOrigins(http.cors())
                  .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT))
                  .allowedHeaders(CORS_HEADERS));
    }
    router
        .route()
        .handler(
            ctx -> {
              ctx.response().putHeader("X-Content-Type-Options", "nosniff");
              ctx.next();
            });
  }

  /** What is not of {@link ServerEventsRoutes} asks for a key as they do. */
  private static void authenticate(Router router, HttpSettings http, String path) {
    var authentication = http.routes().getAuthentication();
    if (authentication != null) {
      router.route(path).handler(authentication).failureHandler(Problems::answer);
    }
  }

  /** Lets answers that are under way reach their clients. */
  @Override
  public Future<?> stop() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }

  private void announce(HttpServer listening) {
    var options = configuration.http().server();
    var host = options.getHost().contains(":") ? "[" + options.getHost() + "]" : options.getHost();
    var url =
        "%s://%s:%d".formatted(options.isSsl() ? "https" : "http", host, listening.actualPort());
    LOG.info("listening on {}", url);
    LOG.info("try: {}", PiRoute.curl(url));
  }
}
