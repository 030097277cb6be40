package dev.serverevents.internal.json;

import dev.serverevents.EventStream;
import dev.serverevents.StreamEvent;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.json.JsonObject;
import java.util.UUID;

/**
 * Sends a stream to an address of its own, as {@link Addresses#STREAM} describes it. The stream
 * ends when nobody consumes that address, which a heartbeat finds out where nothing else is sent.
 */
final class JsonStream {

  private static final long HEARTBEAT_MS = 5_000;
  private static final long RETRY_MS = 20;

  /** How often the stream looks for a consumer that may be on its way to the event bus. */
  private static final int MAX_RETRIES = 250;

  private final Context context;
  private final Clock clock;
  private final EventStream stream;
  private final MessageProducer<JsonObject> producer;
  private final String address = Addresses.STREAM + "." + UUID.randomUUID();
  private long heartbeat = -1;

  private JsonStream(Vertx vertx, EventStream stream) {
    context = vertx.getOrCreateContext();
    clock = Clocks.of(vertx);
    this.stream = stream;
    producer = vertx.eventBus().sender(address, new DeliveryOptions().setLocalOnly(true));
  }

  /** Begins to send, and returns the address. */
  static String send(Vertx vertx, EventStream stream) {
    var sender = new JsonStream(vertx, stream.pause());
    sender.awaitConsumer(0);
    return sender.address;
  }

  private void awaitConsumer(int retries) {
    send(new JsonObject().put("type", "open"))
        .onSuccess(
            sent -> {
              heartbeat = clock.setPeriodic(context, HEARTBEAT_MS, timer -> beat());
              forwardAll();
            })
        .onFailure(
            nobody -> {
              if (retries < MAX_RETRIES) {
                clock.setTimer(context, RETRY_MS, timer -> awaitConsumer(retries + 1));
              } else {
                stream.close();
              }
            });
  }

  /** Forwards all events, and those and an end, too, that came before there was a consumer. */
  private void forwardAll() {
    stream
        .handler(this::forward)
        .exceptionHandler(this::failed)
        .endHandler(end -> end(new JsonObject().put("type", "end")))
        .fetch(1);
  }

  private Future<Void> send(JsonObject message) {
    return producer.write(message);
  }

  private void beat() {
    send(new JsonObject().put("type", "heartbeat")).onFailure(gone -> close());
  }

  private void forward(StreamEvent event) {
    send(event.toJson()).onSuccess(sent -> stream.fetch(1)).onFailure(gone -> close());
  }

  private void failed(Throwable cause) {
    var ending = Ending.of(cause);
    end(JsonMessages.failed(ending, ending.message()));
  }

  private void end(JsonObject last) {
    clock.cancel(heartbeat);
    send(last).onFailure(gone -> {});
  }

  private void close() {
    clock.cancel(heartbeat);
    stream.close();
  }
}
