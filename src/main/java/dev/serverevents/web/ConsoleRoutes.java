package dev.serverevents.web;

import dev.serverevents.ServerEvents;
import dev.serverevents.web.Access.Action;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;

/**
 * The console, a page at {@code /console/} for people who want to see what the servers are doing:
 * which waits are pending, how they end and how long they take, which workers have which jobs, and
 * where one event is. It uses the routes of {@link ServerEventsRoutes}, which must be on the same
 * router.
 *
 * <p>The page itself is the same for everybody and needs no key; what it shows and does, it asks
 * for with the API key that its user enters, or with the session that the browser has. It needs the
 * right {@link Action#CONSOLE}, and {@link Action#PAYLOADS} to show the arguments of events. Where
 * nothing tells who sends a request, everybody who reaches it has all rights: mount it there only
 * if nobody else can.
 */
public final class ConsoleRoutes {

  private static final String ROOT = "/console";

  /** What the reader may do with the events of a name, so that nothing else is offered. */
  private static final String RIGHTS = "/api/rights/:name";

  private static final List<Action> SHOWN_RIGHTS =
      List.of(Action.WAIT, Action.EMIT, Action.CANCEL, Action.PAYLOADS);

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
          "table.js",
          "overview.js",
          "event.js",
          "actions.js");

  private final Router router;
  private final ServerEvents events;
  private final RoutesOptions options;
  private final Origins origins;

  private ConsoleRoutes(Router router, ServerEvents events, RoutesOptions options) {
    this.router = router;
    this.events = events;
    this.options = options;
    origins = new Origins(options);
  }

  /** Mounts the console on {@code router}, with the same options as {@link ServerEventsRoutes}. */
  public static void mount(Router router, ServerEvents events, RoutesOptions options) {
    new ConsoleRoutes(router, events, options).mount();
  }

  private void mount() {
    var page = new ConsoleFile(PAGE);
    serve(ROOT, ctx -> answer(ctx, page));
    FILES.forEach(file -> serve(ROOT + "/" + file, new ConsoleFile(file)));
    var api = Router.router(events.vertx());
    ConsoleApi.mount(api, events, options);
    api.get(RIGHTS).handler(this::rights).failureHandler(Problems::answer);
    router.route(ROOT + "/*").subRouter(api);
  }

  private void serve(String path, Handler<RoutingContext> file) {
    on(path).handler(origins);
    on(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(file);
    on(path).handler(ConsoleRoutes::refuse);
  }

  private Route on(String path) {
    return router.route(path).failureHandler(Problems::answer);
  }

  private static void refuse(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
    ctx.fail(HttpResponseStatus.METHOD_NOT_ALLOWED.code());
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

  private void rights(RoutingContext ctx) {
    var rights = new JsonObject();
    for (var right : SHOWN_RIGHTS) {
      rights.put(
          right.name().toLowerCase(Locale.ROOT),
          options.getAccess().permits(ctx.user(), right, ctx.pathParam("name")));
    }
    Requests.answer(ctx, HttpResponseStatus.OK, rights.toBuffer());
  }
}
