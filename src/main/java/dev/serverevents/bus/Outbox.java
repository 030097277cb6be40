package dev.serverevents.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Collects what is sent during one event-loop turn and sends it at the turn's end, in a {@link
 * Batch} for each address, or several where it is so much that it would hold the receiver's event
 * loop. Used on one context only.
 */
public final class Outbox<T> {

  /** How many items one message has: they take a few ms on a cold JVM. */
  private static final int MAX_BATCH = 500;

  private final Vertx vertx;
  private final Context context;
  private final String from;
  private final Consumer<List<T>> undelivered;
  private Map<String, List<T>> collected = new HashMap<>();

  /**
   * Creates one.
   *
   * @param from where answers go
   * @param undelivered takes what was sent to an address that nobody consumes
   */
  public Outbox(Vertx vertx, Context context, String from, Consumer<List<T>> undelivered) {
    this.vertx = vertx;
    this.context = context;
    this.from = from;
    this.undelivered = undelivered;
    LocalCodec.register(vertx);
  }

  /** Sends an item at the end of this turn. Items for one address keep their order. */
  public void send(String address, T item) {
    if (collected.isEmpty()) {
      context.runOnContext(v -> flush());
    }
    collected.computeIfAbsent(address, a -> new ArrayList<>()).add(item);
  }

  private void flush() {
    var batches = collected;
    collected = new HashMap<>();
    batches.forEach(
        (address, items) -> {
          MessageProducer<Batch<T>> producer = vertx.eventBus().sender(address, LocalCodec.OPTIONS);
          for (var start = 0; start < items.size(); start += MAX_BATCH) {
            var chunk = items.subList(start, Math.min(start + MAX_BATCH, items.size()));
            producer
                .write(new Batch<>(from, chunk))
                .onFailure(noConsumer -> undelivered.accept(chunk));
          }
        });
  }
}
