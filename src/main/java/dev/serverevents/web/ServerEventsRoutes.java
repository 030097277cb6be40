package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.web.Access.Action;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;

/**
 * Waiting, streaming and emitting over HTTP, as routes to mount on an application's own router,
 * after its own handlers. {@code GET /openapi.json} describes them:
 *
 * <ul>
 *   <li>{@code GET /events/{name}/{id}} waits; 200 with the JSON array of arguments
 *   <li>{@code GET /events/{name}?any=1,2} waits for the first of up to 100 ids; 200 with {@code
 *       {"id":"2","args":[]}}
 *   <li>{@code GET /events/{name}?all=1,2,3&min=2} waits for all, or for {@code min} of them; 200
 *       with {@code {"results":{"1":[],"3":[]},"failures":{},"missing":["2"]}}
 *   <li>{@code GET /events/{name}/{id}/stream}: Server-Sent Events, with the job's progress
 *   <li>{@code GET /events/{name}/{id}/explain} tells what happened to the event; 200 with {@link
 *       dev.serverevents.Explanation}'s JSON
 *   <li>{@code POST /events/{name}/{id}?retain=ms} emits a JSON array of arguments, or any other
 *       JSON value as the only one; 202 with {@code {"receivers":n}}
 *   <li>{@code PUT /events/{name}/{id}/failure?retain=ms} emits a failure, {@code
 *       {"code","message","detail"}}; {@code POST /events/{name}/{id}/progress} progress
 *   <li>{@code GET /socket}: a WebSocket for many events; {@code /eventbus/*}: the SockJS bridge
 *   <li>{@code GET /health}: 200 when both Redis connections are up, else 503; {@code /health/live}
 *       and {@code /health/ready}, which says what is wrong
 * </ul>
 *
 * <p>A wait takes {@code timeout=ms}, from 1 to {@link RoutesOptions#getMaxWait()}, or {@code
 * Prefer: wait=seconds} (RFC 7240), which is cut to that, and {@code retained=true}, and {@code
 * requireWorker=true}, with which it gets 503 as soon as no worker serves the name. In the place of
 * the 504 of a timeout, {@code Prefer: respond-async} gets 202 with the {@code Location} where a
 * retained event will be. An emit takes an {@code Idempotency-Key}. A client that goes away ends
 * its wait. Pages of other origins get 403, unless {@link RoutesOptions#setCors} has theirs. Errors
 * are {@code application/problem+json} (RFC 9457), with the status of {@link
 * dev.serverevents.ServerEventsException#status()}, and {@code Retry-After} for 429, 503 and a
 * timeout. A client that has as much as {@link RoutesOptions#getPerClient()} says gets 429, and one
 * whose body is not there in time 408.
 */
public final class ServerEventsRoutes {

  private static final String ALL_EVENTS = "/events/*";
  private static final String EVENTS = "/events/:name";
  private static final String EVENT = EVENTS + "/:id";
  private static final String STREAM = EVENT + "/stream";
  private static final String PROGRESS = EVENT + "/progress";
  private static final String FAILURE = EVENT + "/failure";
  private static final String EXPLAIN = EVENT + "/explain";
  private static final String SOCKET = "/socket";
  private static final String HEALTH = "/health/*";
  private static final String OPEN_API = "/openapi.json";
  private static final String ASYNC_API = "/asyncapi.json";
  private static final String EVENT_BUS = "/eventbus/*";

  private final Router router;
  private final ServerEvents events;
  private final RoutesOptions options;
  private final Quotas quotas;
  private final SseFrames sseFrames = new SseFrames();
  private final SocketEvents socketEvents = new SocketEvents();
  private final ExactReplies replies = new ExactReplies(Problems::words);

  private ServerEventsRoutes(Router router, ServerEvents events, RoutesOptions options) {
    this.router = router;
    this.events = events;
    this.options = options;
    quotas = new Quotas(events.vertx(), options);
  }

  /** Mounts the routes on {@code router}, with the default settings. */
  public static void mount(Router router, ServerEvents events) {
    mount(router, events, new RoutesOptions());
  }

  /** Mounts the routes on {@code router}. */
  public static void mount(Router router, ServerEvents events, RoutesOptions options) {
    new ServerEventsRoutes(router, events, options).mount();
  }

  private void mount() {
    List.of(ALL_EVENTS, SOCKET, EVENT_BUS, HEALTH, OPEN_API, ASYNC_API).forEach(this::checkOrigin);
    on(ALL_EVENTS).handler(HalfClose::allow).handler(ServerEventsRoutes::checkUrl);
    HealthRoutes.mount(router, events);
    AllowedMethods.read(router, OPEN_API, new ApiDocument("openapi.json"));
    AllowedMethods.read(router, ASYNC_API, new ApiDocument("asyncapi.json"));
    List.of(ALL_EVENTS, SOCKET, EVENT_BUS).forEach(this::authenticate);
    List.of(SOCKET, EVENT_BUS).forEach(this::watchSocket);
    permit(Action.WAIT, EVENTS, HttpMethod.GET, HttpMethod.HEAD);
    permit(Action.WAIT, EVENT, HttpMethod.GET, HttpMethod.HEAD);
    permit(Action.WAIT, STREAM, HttpMethod.GET);
    permit(Action.WAIT, EXPLAIN, HttpMethod.GET);
    permit(Action.EMIT, EVENT, HttpMethod.POST);
    permit(Action.EMIT, PROGRESS, HttpMethod.POST);
    permit(Action.EMIT, FAILURE, HttpMethod.PUT);
    on(EVENTS, HttpMethod.GET, HttpMethod.HEAD).handler(this::poll);
    on(EVENT, HttpMethod.GET, HttpMethod.HEAD).handler(Explanations::offer).handler(this::poll);
    on(STREAM, HttpMethod.GET).handler(Explanations::offer).handler(this::stream);
    on(EXPLAIN, HttpMethod.GET)
        .handler(new Explanations(events, options.getAccess(), quotas)::answer);
    var emit = new EmitRoutes(events, quotas);
    var bodies = new Bodies(options.getMaxBody(), options.getRequestTimeout());
    bodies.on(on(EVENT, HttpMethod.POST)).handler(emit::result);
    bodies.on(on(PROGRESS, HttpMethod.POST)).handler(emit::progress);
    bodies.on(on(FAILURE, HttpMethod.PUT)).handler(emit::failure);
    on(SOCKET, HttpMethod.GET).handler(this::socket);
    router.route(EVENT_BUS).subRouter(SockJsBridge.router(events, options, bodies, quotas));
    AllowedMethods.only(router, EVENTS, "GET, HEAD, OPTIONS");
    AllowedMethods.only(router, EVENT, "GET, HEAD, POST, OPTIONS");
    AllowedMethods.only(router, STREAM, "GET, OPTIONS");
    AllowedMethods.only(router, EXPLAIN, "GET, OPTIONS");
    AllowedMethods.only(router, PROGRESS, "POST, OPTIONS");
    AllowedMethods.only(router, FAILURE, "PUT, OPTIONS");
    AllowedMethods.only(router, SOCKET, "GET, OPTIONS");
  }

  private void checkOrigin(String path) {
    on(path).handler(new Origins(options));
  }

  private void watchSocket(String path) {
    on(path)
        .handler(Handshakes::check)
        .handler(
            ctx -> {
              BrokenConnections.watch(ctx.request().connection());
              SocketGuard.watch(ctx, options.getMaxBody());
            });
  }

  private void authenticate(String path) {
    var authentication = options.getAuthentication();
    if (authentication != null) {
      router.route(path).handler(authentication).failureHandler(Problems::answer);
    }
  }

  /** Decoders would put something else in the place of what they cannot decode. */
  private static void checkUrl(RoutingContext ctx) {
    if (Requests.wrongUrl(ctx) == null) {
      ctx.next();
    } else {
      ctx.fail(HttpResponseStatus.BAD_REQUEST.code());
    }
  }

  private Route on(String path, HttpMethod... methods) {
    var route = router.route(path).failureHandler(Problems::answer);
    List.of(methods).forEach(route::method);
    return route;
  }

  /** Refuses users that may not do it with events of the path's name, before a body is read. */
  private void permit(Action action, String path, HttpMethod... methods) {
    if (options.getAccess() == Access.ANYBODY) {
      return;
    }
    on(path, methods)
        .handler(
            ctx -> {
              var name = ctx.pathParam("name");
              if (name.length() > LimitsOptions.MAX_KEY) {
                var rule = "must have at most " + LimitsOptions.MAX_KEY + " bytes of UTF-8";
                ctx.fail(new InvalidInputException("name", name, rule));
              } else if (options.getAccess().permits(ctx.user(), action, name)) {
                ctx.next();
              } else {
                var why = "You may not %s \"%s\"".formatted(action.verb(), name);
                ctx.fail(new HttpException(HttpResponseStatus.FORBIDDEN.code(), why));
              }
            });
  }

  private void poll(RoutingContext ctx) {
    var asked = Requests.waitedFor(ctx);
    new LongPoll(ctx, events.timeout(), options.getMaxWait())
        .answer(events, replies, quotas.client(ctx), asked);
  }

  private void stream(RoutingContext ctx) {
    SseStream.answer(ctx, events, quotas, sseFrames, options.getHeartbeat());
  }

  private void socket(RoutingContext ctx) {
    if (!SocketGuard.isUpgrade(ctx)) {
      ctx.response().putHeader(HttpHeaders.UPGRADE, SocketGuard.WEB_SOCKET);
      ctx.fail(HttpResponseStatus.UPGRADE_REQUIRED.code());
      return;
    }
    var client = quotas.client(ctx);
    var permit = client.enter(Kind.STREAMS, 1);
    ctx.addEndHandler(notUpgraded -> permit.close()); // Vert.x may answer by itself, or throw
    ctx.request()
        .toWebSocket()
        .onSuccess(
            socket ->
                SocketSession.serve(ctx, socket, events, options, client, permit, socketEvents))
        .onFailure(
            cause -> {
              permit.close();
              ctx.fail(cause);
            });
  }
}
