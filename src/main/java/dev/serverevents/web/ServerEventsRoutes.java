package dev.serverevents.web;

import dev.serverevents.ServerEvents;
import dev.serverevents.bus.Fields;
import dev.serverevents.web.LongPoll.Arrived;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.function.Function;

/**
 * Waiting and emitting over HTTP, as routes to mount on an application's own router, after its own
 * handlers:
 *
 * <ul>
 *   <li>{@code GET /events/{name}/{id}} waits; 200 with the JSON array of arguments
 *   <li>{@code GET /events/{name}?any=1,2} waits for the first of up to 100 ids; 200 with {@code
 *       {"id":"2","args":[]}}
 *   <li>{@code POST /events/{name}/{id}?retain=ms} emits a JSON array of arguments, or any other
 *       JSON value as the only one; 202 with {@code {"receivers":n}}
 *   <li>{@code PUT /events/{name}/{id}/failure?retain=ms} emits a failure, {@code
 *       {"code","message","detail"}}; 202 as well
 *   <li>{@code GET /health}: 200 when both Redis connections are up, else 503
 * </ul>
 *
 * <p>A wait takes {@code timeout=ms}, from 1 to {@link RoutesOptions#getMaxWait()}, or {@code
 * Prefer: wait=seconds} (RFC 7240), which is cut to that, and {@code retained=true}. In the place
 * of the 504 of a timeout, {@code Prefer: respond-async} gets 202 with the {@code Location} where a
 * retained event will be. A client that goes away ends its wait. Errors are {@code
 * application/problem+json} (RFC 9457), with the status of {@link
 * dev.serverevents.ServerEventsException#status()}, and {@code Retry-After} for 503 and a timeout.
 */
public final class ServerEventsRoutes {

  private static final String EVENTS = "/events/:name";
  private static final String EVENT = EVENTS + "/:id";
  private static final String FAILURE = EVENT + "/failure";

  private final ServerEvents events;
  private final RoutesOptions options;

  private ServerEventsRoutes(ServerEvents events, RoutesOptions options) {
    this.events = events;
    this.options = options;
  }

  /** Mounts the routes on {@code router}, with the default settings. */
  public static void mount(Router router, ServerEvents events) {
    mount(router, events, new RoutesOptions());
  }

  /** Mounts the routes on {@code router}. */
  public static void mount(Router router, ServerEvents events, RoutesOptions options) {
    var routes = new ServerEventsRoutes(events, options);
    get(router, EVENTS).handler(routes::waitForAny);
    get(router, EVENT).handler(routes::waitFor);
    routes.withBody(router.post(EVENT)).handler(routes::emit);
    routes.withBody(router.put(FAILURE)).handler(routes::emitFailure);
    router.get("/health").handler(routes::health);
    allow(router, EVENTS, "GET, HEAD, OPTIONS");
    allow(router, EVENT, "GET, HEAD, POST, OPTIONS");
    allow(router, FAILURE, "PUT, OPTIONS");
  }

  private static Route get(Router router, String path) {
    return router
        .route(path)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .failureHandler(Problems::answer);
  }

  private Route withBody(Route route) {
    return route
        .handler(BodyHandler.create(false).setBodyLimit(options.getMaxBody()))
        .failureHandler(Problems::answer);
  }

  /** Answers OPTIONS, and what the routes before have not taken. */
  private static void allow(Router router, String path, String methods) {
    router
        .route(path)
        .handler(
            ctx -> {
              ctx.response().putHeader(HttpHeaders.ALLOW, methods);
              if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
                ctx.response().setStatusCode(HttpResponseStatus.NO_CONTENT.code()).end();
              } else {
                ctx.fail(HttpResponseStatus.METHOD_NOT_ALLOWED.code());
              }
            })
        .failureHandler(Problems::answer);
  }

  private void waitFor(RoutingContext ctx) {
    poll(ctx, List.of(ctx.pathParam("id")), arrived -> arrived.args().toBuffer());
  }

  private void waitForAny(RoutingContext ctx) {
    poll(
        ctx,
        Requests.ids(ctx),
        arrived ->
            new JsonObject()
                .put("id", arrived.id())
                .put("args", arrived.args().toJsonArray())
                .toBuffer());
  }

  private void poll(RoutingContext ctx, List<String> ids, Function<Arrived, Buffer> body) {
    new LongPoll(ctx, events.timeout(), options.getMaxWait())
        .answer(events, ctx.pathParam("name"), ids, body);
  }

  private void emit(RoutingContext ctx) {
    emitted(
        ctx,
        events.emit(
            Requests.emitOptions(ctx),
            ctx.pathParam("name"),
            ctx.pathParam("id"),
            Requests.args(ctx)));
  }

  private void emitFailure(RoutingContext ctx) {
    var failure = Fields.object("body", Requests.json(ctx));
    emitted(
        ctx,
        events.emitFailure(
            Requests.emitOptions(ctx),
            ctx.pathParam("name"),
            ctx.pathParam("id"),
            (int) Fields.integer("code", failure.getValue("code"), 0, Integer.MAX_VALUE),
            Fields.string("message", failure.getValue("message")),
            failure.getValue("detail")));
  }

  private static void emitted(RoutingContext ctx, Future<Integer> emit) {
    emit.map(receivers -> new JsonObject().put("receivers", receivers))
        .onSuccess(body -> Requests.answer(ctx, HttpResponseStatus.ACCEPTED, body.toBuffer()))
        .onFailure(ctx::fail);
  }

  private void health(RoutingContext ctx) {
    var ready = events.isReady();
    Requests.answer(
        ctx,
        ready ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
        new JsonObject().put("status", ready ? "UP" : "DOWN").toBuffer());
  }
}
