package dev.serverevents.app;

import dev.serverevents.ServerEvents;
import dev.serverevents.app.demo.PiRoute;
import dev.serverevents.web.Access.Action;
import dev.serverevents.web.AllowedMethods;
import dev.serverevents.web.ConsoleRoutes;
import dev.serverevents.web.Origins;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.CSPHandler;
import io.vertx.ext.web.handler.HSTSHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.XFrameHandler;
import io.vertx.micrometer.PrometheusScrapingHandler;
import java.nio.file.FileSystemException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the runnable server. */
final class HttpVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  /** How long answers that are under way are given. */
  static final int SHUTDOWN_SECONDS = 5;

  private static final String METRICS = "/metrics";
  private static final String CONSOLE = "/console/*";

  private final Configuration configuration;
  private final HttpSettings http;
  private @Nullable HttpServer server;

  /** Serves as configured. */
  HttpVerticle(Configuration configuration) {
    this.configuration = configuration;
    this.http = configuration.http();
  }

  @Override
  public Future<?> start() {
    var connections = new Connections(vertx, http.connections(), http.routes().getRequestTimeout());
    var router = Router.router(vertx);
    router.route().handler(connections);
    router.route().handler(new AccessLog());
    router.route().handler(new MessageFraming()).failureHandler(Problems::answer);
    secure(router, http);
    var events = ServerEvents.create(vertx);
    ServerEventsRoutes.mount(router, events, http.routes());
    mountConsole(router, events);
    HomeRoute.mount(router, http.routes(), http.console());
    authenticate(router, METRICS);
    permit(router, METRICS, Action.METRICS, "", "You may not read the metrics");
    AllowedMethods.read(router, METRICS, PrometheusScrapingHandler.create());
    mountDemo(router, events);
    return listen(router, connections);
  }

  private void mountConsole(Router router, ServerEvents events) {
    if (http.console()) {
      if (http.routes().getAuthentication() == null) {
        router.route(CONSOLE).handler(new LoopbackHost()).failureHandler(Problems::answer);
      }
      ConsoleRoutes.mount(router, events, http.routes());
    }
  }

  private void mountDemo(Router router, ServerEvents events) {
    if (configuration.has(Role.DEMO)) {
      authenticate(router, PiRoute.PATH);
      permit(router, PiRoute.PATH, Action.WAIT, PiRoute.EVENT, "You may not run the demo");
      PiRoute.mount(router, events, http.routes());
    }
  }

  private Future<?> listen(Router router, Connections connections) {
    Problems.handleErrors(router);
    server =
        vertx
            .createHttpServer(http.server())
            .connectionHandler(connections::accept)
            .requestHandler(router)
            .invalidRequestHandler(Problems::answerInvalid);
    return server
        .listen()
        .onSuccess(this::announce)
        .recover(cause -> Future.failedFuture(cannotListen(cause)));
  }

  private FailedStartException cannotListen(Throwable cause) {
    return new FailedStartException(
        ExitCode.HTTP,
        "cannot listen at %s (%s, %s): %s"
            .formatted(
                address(http.server().getPort()),
                "http.host and http.port or SERVER_EVENTS_HTTP_HOST and SERVER_EVENTS_HTTP_PORT",
                "http.server for TLS",
                reason(cause)),
        cause);
  }

  /** A file's own failure says no more than its name. */
  private static String reason(Throwable cause) {
    var root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof FileSystemException file
        ? "cannot read the file " + file.getFile()
        : String.valueOf(root.getMessage());
  }

  /**
   * Nothing is a page but the console, which says so itself, so no browser shall show it as one,
   * frame it or guess its type.
   */
  private static void secure(Router router, HttpSettings http) {
    router.route().handler(XFrameHandler.create(XFrameHandler.DENY));
    router.route().handler(CSPHandler.create().setDirective("default-src", "'none'"));
    if (http.server().isSsl()) {
      router.route().handler(HSTSHandler.create());
    }
    router
        .route()
        .handler(
            ctx -> {
              ctx.response().putHeader("X-Content-Type-Options", "nosniff");
              ctx.next();
            });
  }

  /** What is not of {@link ServerEventsRoutes} looks at origins and asks for a key as they do. */
  private void authenticate(Router router, String path) {
    router.route(path).handler(new Origins(http.routes())).failureHandler(Problems::answer);
    var authentication = http.routes().getAuthentication();
    if (authentication != null) {
      router.route(path).handler(authentication).failureHandler(Problems::answer);
    }
  }

  private void permit(Router router, String path, Action action, String name, String otherwise) {
    var access = http.routes().getAccess();
    router
        .route(path)
        .handler(
            ctx -> {
              if (access.permits(ctx.user(), action, name)) {
                ctx.next();
              } else {
                ctx.fail(new HttpException(HttpResponseStatus.FORBIDDEN.code(), otherwise));
              }
            })
        .failureHandler(Problems::answer);
  }

  /** Lets answers that are under way reach their clients. */
  @Override
  public Future<?> stop() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }

  private void announce(HttpServer listening) {
    var scheme = http.server().isSsl() ? "https" : "http";
    var url = scheme + "://" + address(listening.actualPort());
    LOG.info("listening on {}", url);
    if (http.console()) {
      LOG.info("console: {}/console/", url);
    }
    if (configuration.has(Role.DEMO)) {
      LOG.info("try: {}", PiRoute.curl(url, http.routes().getAuthentication() != null));
    }
  }

  private String address(int port) {
    var host = http.server().getHost();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
