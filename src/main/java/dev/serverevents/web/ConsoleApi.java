package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.web.Access.Action;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;

/**
 * What the console asks for, below the path at which it is mounted: {@code GET /api/overview},
 * {@code GET /api/events/{name}/{id}} and {@code POST /api/events/{name}/{id}/cancel}. All of it
 * needs the right {@link Action#CONSOLE}.
 */
final class ConsoleApi {

  private static final String ALL = "/api/*";
  private static final String OVERVIEW = "/api/overview";
  private static final String EVENT = "/api/events/:name/:id";
  private static final String CANCEL = EVENT + "/cancel";

  private final ServerEvents events;
  private final RoutesOptions options;
  private final Quotas quotas;

  private ConsoleApi(ServerEvents events, RoutesOptions options) {
    this.events = events;
    this.options = options;
    quotas = new Quotas(events.vertx(), options);
  }

  /** Mounts it on the router of the console. */
  static void mount(Router router, ServerEvents events, RoutesOptions options) {
    new ConsoleApi(events, options).mount(router);
  }

  private void mount(Router router) {
    on(router, ALL).handler(new Origins(options));
    if (options.getAuthentication() != null) {
      on(router, ALL).handler(options.getAuthentication());
    }
    on(router, ALL).handler(ctx -> permit(ctx, Action.CONSOLE));
    on(router, OVERVIEW).method(HttpMethod.GET).handler(this::overview);
    var explanations = new Explanations(events, options.getAccess(), quotas);
    on(router, EVENT)
        .method(HttpMethod.GET)
        .handler(ConsoleApi::checkEvent)
        .handler(explanations::answerInDetail);
    on(router, CANCEL)
        .method(HttpMethod.POST)
        .handler(ctx -> permit(ctx, Action.CANCEL))
        .handler(ConsoleApi::checkEvent)
        .handler(this::cancel);
  }

  private static Route on(Router router, String path) {
    return router.route(path).failureHandler(Problems::answer);
  }

  private void permit(RoutingContext ctx, Action action) {
    if (options.getAccess().permits(ctx.user(), action, "")) {
      ctx.next();
    } else {
      var why = "You may not " + action.verb();
      ctx.fail(new HttpException(HttpResponseStatus.FORBIDDEN.code(), why));
    }
  }

  /** Decoders would put something else in the place of what they cannot decode. */
  private static void checkEvent(RoutingContext ctx) {
    if (Requests.wrongUrl(ctx) != null) {
      ctx.fail(HttpResponseStatus.BAD_REQUEST.code());
      return;
    }
    for (var parameter : new String[] {"name", "id"}) {
      var value = ctx.pathParam(parameter);
      if (value.length() > LimitsOptions.MAX_KEY) {
        var rule = "must have at most " + LimitsOptions.MAX_KEY + " bytes of UTF-8";
        throw new InvalidInputException(parameter, value, rule);
      }
    }
    ctx.next();
  }

  private void overview(RoutingContext ctx) {
    quotas
        .client(ctx)
        .ask(events::overview)
        .onSuccess(all -> Requests.answer(ctx, HttpResponseStatus.OK, all.toJson().toBuffer()))
        .onFailure(ctx::fail);
  }

  private void cancel(RoutingContext ctx) {
    quotas
        .client(ctx)
        .ask(() -> events.cancelAll(ctx.pathParam("name"), ctx.pathParam("id")))
        .onSuccess(
            count ->
                Requests.answer(
                    ctx,
                    HttpResponseStatus.OK,
                    new JsonObject().put("cancelled", count).toBuffer()))
        .onFailure(ctx::fail);
  }
}
