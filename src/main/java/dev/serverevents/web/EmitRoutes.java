package dev.serverevents.web;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.json.JsonMessages;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Emits what is posted: the request becomes a JSON message, of which the answer is the outcome. */
final class EmitRoutes {

  private final ServerEvents events;
  private final Quotas quotas;

  EmitRoutes(ServerEvents events, Quotas quotas) {
    this.events = events;
    this.quotas = quotas;
  }

  /** The body's JSON array of arguments, or any other JSON value as the only one. */
  void result(RoutingContext ctx) {
    emit(ctx, message(ctx), args(ctx));
  }

  /** The body's {@code {"code","message","detail"}}. */
  void failure(RoutingContext ctx) {
    emit(ctx, message(ctx).put("failure", Fields.object("body", Requests.json(ctx))), null);
  }

  /** The same arguments as {@link #result} has. */
  void progress(RoutingContext ctx) {
    emit(ctx, message(ctx).put("progress", true), args(ctx));
  }

  private static JsonObject message(RoutingContext ctx) {
    return new JsonObject()
        .put("name", ctx.pathParam("name"))
        .put("id", ctx.pathParam("id"))
        .put("retain", Requests.parameter(ctx, "retain"))
        .put("idempotencyKey", Requests.idempotencyKey(ctx));
  }

  private static @Nullable EventArgs args(RoutingContext ctx) {
    return Requests.hasBody(ctx) ? ExactJson.args("body", ctx.body().buffer()) : null;
  }

  private void emit(RoutingContext ctx, JsonObject message, @Nullable EventArgs args) {
    quotas.client(ctx).emit(message, ctx.body().length());
    JsonMessages.emit(events, message, args)
        .map(receivers -> new JsonObject().put("receivers", receivers).toBuffer())
        .onSuccess(body -> Requests.answer(ctx, HttpResponseStatus.ACCEPTED, body))
        .onFailure(ctx::fail);
  }
}
