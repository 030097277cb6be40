package dev.serverevents.bus;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WaitOptions;
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
    var options =
        WaitOptions.DEFAULT
            .timeout(ServerEventsOptions.timeout("timeout", timeout))
            .retained(Fields.flag("retained", body.getValue("retained")));
    return events
        .on(body.getValue("name"), body.getValue("id"), options)
        .map(EventArgs::toJsonArray);
  }

  private Future<?> emit(JsonObject body) {
    var name = body.getValue("name");
    var id = body.getValue("id");
    var options = EmitOptions.retain(body.getValue("retain"));
    return (body.containsKey("failure")
            ? emitFailure(options, name, id, Fields.object("failure", body.getValue("failure")))
            : events.emit(
                options, name, id, Fields.array("args", body.getValue("args")).getList().toArray()))
        .map(receivers -> new JsonObject().put("receivers", receivers));
  }

  private Future<Integer> emitFailure(
      EmitOptions options, Object name, Object id, JsonObject failure) {
    return events.emitFailure(
        options,
        name,
        id,
        (int) Fields.integer("failure.code", failure.getValue("code"), 0, Integer.MAX_VALUE),
        Fields.string("failure.message", failure.getValue("message")),
        failure.getValue("detail"));
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
