package dev.serverevents.web;

import dev.serverevents.ServerEvents;
import dev.serverevents.bus.Fields;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;

/**
 * HTTP routes to mount on an application's own router:
 *
 * <ul>
 *   <li>{@code GET /events/{name}/{id}?timeout=ms&retained=true} waits; 200 with the JSON array of
 *       arguments, 504 when there was no event in time, the status of a failure
 *   <li>{@code POST /events/{name}/{id}?retain=ms} emits the JSON array in its body, or no
 *       arguments where that is empty; 202 with {@code {"receivers":n}}
 *   <li>{@code GET /health}: 200 when both Redis connections are up, else 503
 * </ul>
 *
 * <p>Errors are {@code application/problem+json}. A client that goes away ends its wait.
 */
public final class ServerEventsRoutes {

  /** How many bytes the body of a request may have. */
  public static final long MAX_BODY = 1024 * 1024;

  private static final String EVENT = "/events/:name/:id";

  private final ServerEvents events;

  private ServerEventsRoutes(ServerEvents events) {
    this.events = events;
  }

  /** Mounts the routes on {@code router}. */
  public static void mount(Router router, ServerEvents events) {
    var routes = new ServerEventsRoutes(events);
    router.get(EVENT).handler(routes::waitFor).failureHandler(Problems::answer);
    router
        .post(EVENT)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(routes::emit)
        .failureHandler(Problems::answer);
    router.get("/health").handler(routes::health);
  }

  private void waitFor(RoutingContext ctx) {
    var wait = events.listen(ctx.pathParam("name"), ctx.pathParam("id"), Requests.waitOptions(ctx));
    ctx.response().closeHandler(gone -> wait.cancel());
    wait.future().onSuccess(args -> json(ctx, 200).end(args.toBuffer())).onFailure(ctx::fail);
  }

  private void emit(RoutingContext ctx) {
    var args = Fields.array("body", Requests.json(ctx));
    events
        .emit(
            Requests.emitOptions(ctx),
            ctx.pathParam("name"),
            ctx.pathParam("id"),
            args.getList().toArray())
        .map(receivers -> new JsonObject().put("receivers", receivers))
        .onSuccess(body -> json(ctx, 202).end(body.toBuffer()))
        .onFailure(ctx::fail);
  }

  private void health(RoutingContext ctx) {
    var ready = events.isReady();
    var body = new JsonObject().put("status", ready ? "UP" : "DOWN");
    json(ctx, ready ? 200 : 503).end(body.toBuffer());
  }

  private static HttpServerResponse json(RoutingContext ctx, int status) {
    return ctx.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
  }
}
