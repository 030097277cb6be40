package dev.serverevents.internal.memory;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.hub.EventService;
import dev.serverevents.internal.local.Subscriber;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@code ServerEventsVerticle} is on Redis, in memory. */
public final class MemoryVerticle extends VerticleBase {

  private final MemoryRedis redis;
  private final ServerEventsOptions options;
  private final Consumer<Subscriber> newcomers;
  private @Nullable EventService service;

  /** Has settings, of which it keeps a copy. What they say about where Redis is does not count. */
  public MemoryVerticle(MemoryRedis redis, ServerEventsOptions options) {
    this(redis, options, newcomer -> {});
  }

  /** The same, which tells of each wait and stream that comes, before anything comes of it. */
  public MemoryVerticle(
      MemoryRedis redis, ServerEventsOptions options, Consumer<Subscriber> newcomers) {
    this.redis = redis;
    this.options = new ServerEventsOptions(options);
    this.newcomers = newcomers;
  }

  @Override
  public Future<?> start() {
    var model = context.threadingModel();
    if (model != ThreadingModel.EVENT_LOOP) {
      throw new InvalidInputException(
          "threadingModel", model, "must be EVENT_LOOP for a MemoryVerticle");
    }
    service =
        new EventService(
            vertx,
            context,
            options,
            changes -> new MemoryBroker(vertx, redis, options, changes),
            newcomers);
    return service.start();
  }

  @Override
  public Future<?> stop() {
    return service == null ? Future.succeededFuture() : service.stop();
  }

  /** How many messages were dropped because they are not events of the wire protocol. */
  public long droppedPayloads() {
    return service == null ? 0 : service.droppedPayloads();
  }
}
