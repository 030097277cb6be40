package dev.serverevents.bus;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * The way in for those who have no class of ours: {@link Addresses#ON} and {@link Addresses#EMIT}
 * take plain JSON. A failure's code is the HTTP status that fits.
 */
public final class JsonAddresses {

  private static final int UNEXPECTED = 500;

  private final ServerEvents events;

  private JsonAddresses(ServerEvents events) {
    this.events = events;
  }

  /** Serves both for as long as the calling verticle is deployed. */
  public static void serve(Vertx vertx) {
    var addresses = new JsonAddresses(ServerEvents.create(vertx));
    vertx.eventBus().localConsumer(Addresses.ON, answer(addresses::on));
    vertx.eventBus().localConsumer(Addresses.EMIT, answer(addresses::emit));
  }

  private Future<?> on(JsonObject body) {
    var timeout = body.getValue("timeout", events.timeout());
    return events
        .on(
            body.getValue("name"),
            body.getValue("id"),
            ServerEventsOptions.timeout("timeout", timeout))
        .map(EventArgs::toJsonArray);
  }

  private Future<?> emit(JsonObject body) {
    var args = Fields.array("args", body.getValue("args"));
    return events
        .emit(body.getValue("name"), body.getValue("id"), args.getList().toArray())
        .map(receivers -> new JsonObject().put("receivers", receivers));
  }

  private static Handler<Message<Object>> answer(Function<JsonObject, Future<?>> action) {
    return message ->
        Future.succeededFuture(message.body())
            .map(body -> Fields.object("body", body))
            .compose(action::apply)
            .onSuccess(message::reply)
            .onFailure(cause -> message.fail(code(cause), cause.getMessage()));
  }

  private static int code(Throwable cause) {
    return cause instanceof ServerEventsException ours ? ours.status() : UNEXPECTED;
  }
}
