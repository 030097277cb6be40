package dev.serverevents.internal.json;

import dev.serverevents.EventArgs;
import dev.serverevents.EventReplyException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.Fields;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * The way in for verticles that use no class of Server Events: {@link Addresses#ON}, {@link
 * Addresses#EMIT} and {@link Addresses#STREAM} take plain JSON. The failure code of a reply is the
 * status of its {@link Ending}.
 */
public final class JsonAddresses {

  private final Vertx vertx;
  private final ServerEvents events;

  private JsonAddresses(Vertx vertx) {
    this.vertx = vertx;
    events = ServerEvents.create(vertx);
  }

  /** Serves the addresses for as long as the calling verticle is deployed. */
  public static void serve(Vertx vertx) {
    var addresses = new JsonAddresses(vertx);
    vertx.eventBus().localConsumer(Addresses.ON, answer(addresses::on));
    vertx.eventBus().localConsumer(Addresses.EMIT, answer(addresses::emit));
    vertx.eventBus().localConsumer(Addresses.STREAM, answer(addresses::stream));
  }

  private Future<?> on(JsonObject body) {
    var options =
        WaitOptions.DEFAULT
            .timeout(
                ServerEventsOptions.timeout("timeout", body.getValue("timeout", events.timeout())))
            .retained(Fields.flag("retained", body.getValue("retained")))
            .requireWorker(Fields.flag("requireWorker", body.getValue("requireWorker")));
    var asked = JsonWait.of(body);
    return asked.isSeveral()
        ? asked.begin(events, options, new BusReplies()).reply()
        : wait(body, options).map(EventArgs::toJsonArray);
  }

  private Future<EventArgs> wait(JsonObject body, WaitOptions options) {
    var name = body.getValue("name");
    var id = body.getValue("id");
    var direct = Fields.flag("direct", body.getValue("direct"));
    var watching = watching(body, options.direct(direct));
    if (!direct && watching.equals(options) && !body.containsKey("handOver")) {
      return events.on(name, id, options);
    }
    var handOver = Fields.string("handOver", body.getValue("handOver"));
    return events.request(
        name,
        id,
        watching,
        job -> handOver(handOver, job.toJson().put("name", name).put("id", id)));
  }

  private static WaitOptions watching(JsonObject body, WaitOptions options) {
    var watchWorker = Fields.flag("watchWorker", body.getValue("watchWorker"));
    var watching = watchWorker ? options.watchWorker() : options;
    var stalledAfter = body.getValue("stalledAfter");
    return stalledAfter == null
        ? watching
        : watching.stalledAfter(
            Fields.integer(
                "stalledAfter",
                stalledAfter,
                WaitOptions.MIN_STALLED_AFTER,
                ServerEventsOptions.MAX_TIMEOUT));
  }

  private Future<?> handOver(String address, JsonObject job) {
    return vertx
        .eventBus()
        .request(address, job)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof EventReplyException reply ? ofThisJob(reply) : failure));
  }

  /** Why something else failed that the address waited for is not why this wait did. */
  private static ReplyException ofThisJob(EventReplyException reply) {
    return new ReplyException(reply.failureType(), reply.failureCode(), reply.getMessage());
  }

  private Future<?> emit(JsonObject body) {
    return JsonMessages.emit(events, body)
        .map(receivers -> new JsonObject().put("receivers", receivers));
  }

  private Future<?> stream(JsonObject body) {
    var stream = JsonMessages.stream(events, body).pause();
    return stream
        .subscribed()
        .map(heard -> new JsonObject().put("address", JsonStream.send(vertx, stream)));
  }

  private static Handler<Message<Object>> answer(Function<JsonObject, Future<?>> action) {
    return message ->
        Future.succeededFuture(message.body())
            .map(body -> Fields.object("body", body))
            .compose(action::apply)
            .map(
                reply -> {
                  message.reply(reply);
                  return reply;
                })
            .onFailure(cause -> fail(message, Ending.of(cause)));
  }

  private static void fail(Message<Object> message, Ending ending) {
    message.reply(
        new EventReplyException(
            ending.status(), ending.message(), ending.cause(), ending.timeline()));
  }
}
