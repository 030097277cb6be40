package dev.serverevents.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * The console, a page at {@code /console/} for people who want to see what the servers are doing:
 * which waits are pending, how they end and how long they take, which workers have which jobs, and
 * where one event is. It uses the routes of {@link ServerEventsRoutes}, which must be on the same
 * router.
 *
 * <p>The page itself is the same for everybody and needs no key; what it shows and does, it asks
 * for with the API key that its user enters, or with the session that the browser has.
 */
public final class ConsoleRoutes {

  private static final String ROOT = "/console";

  /** The page, which is {@code /console/}. */
  private static final String PAGE = "index.html";

  private static final List<String> FILES =
      List.of(
          "console.css",
          "icon.svg",
          "theme.js",
          "main.js",
          "dom.js",
          "format.js",
          "server.js",
          "history.js",
          "charts.js",
          "overview.js",
          "event.js",
          "actions.js",
          "table.js");

  private final Router router;
  private final Origins origins;

  private ConsoleRoutes(Router router, RoutesOptions options) {
    this.router = router;
    origins = new Origins(options);
  }

  /** Mounts the console on {@code router}, with the same options as {@link ServerEventsRoutes}. */
  public static void mount(Router router, RoutesOptions options) {
    new ConsoleRoutes(router, options).mount();
  }

  private void mount() {
    var page = new ConsoleFile(PAGE);
    on(ROOT).handler(ctx -> answer(ctx, page));
    FILES.forEach(file -> on(ROOT + "/" + file).handler(new ConsoleFile(file)));
  }

  private Route on(String path) {
    router.route(path).handler(origins).failureHandler(Problems::answer);
    return router
        .route(path)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .failureHandler(Problems::answer);
  }

  /** The links of the page are relative, so that it must be in its folder. */
  private static void answer(RoutingContext ctx, ConsoleFile page) {
    if (ctx.request().path().endsWith("/")) {
      page.handle(ctx);
    } else {
      ctx.response()
          .setStatusCode(HttpResponseStatus.PERMANENT_REDIRECT.code())
          .putHeader(HttpHeaders.LOCATION, "console/")
          .end();
    }
  }
}
