package dev.serverevents;

import dev.serverevents.internal.hub.EventService;
import dev.serverevents.internal.redis.RedisBroker;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Owns the connections to Redis, and hands each event to the waits and streams of its Vert.x that
 * it is for. Deploy it once, or an instance for each event loop, which then serves the waits and
 * streams of that loop; then use {@link ServerEvents} in any verticle, or the addresses {@code
 * server-events.on}, {@code .emit} and {@code .stream} of the event bus:
 *
 * <pre>{@code
 * vertx.deployVerticle(ServerEventsVerticle.of("redis://localhost:6379"))
 *     .onSuccess(deployed -> ServerEvents.create(vertx).on("orders.priced", 7));
 * }</pre>
 *
 * <p>The deployment completes when both connections are up; in a cluster, where there are some for
 * each master, when each has been tried and some are up. It fails with {@link UnavailableException}
 * when Redis cannot be reached or refuses, and with {@link InvalidInputException} for a wrong
 * setting, or if it is not to run on an event loop. A connection that breaks later is made again.
 * Its callers may run on any thread.
 *
 * <p>Its undeployment takes no more waits, gives those that are pending the {@linkplain
 * ServerEventsOptions#getDrainTimeout() drain timeout}, and sends what is queued. Vert.x undeploys
 * all verticles at once when it closes, so undeploy this one before those that wait.
 */
public class ServerEventsVerticle extends VerticleBase {

  private final @Nullable ServerEventsOptions options;
  private @Nullable EventService service;

  /**
   * Creates one for a Redis server, with the defaults for everything else. For other settings, as
   * for Sentinels or a cluster, there is {@link #ServerEventsVerticle(ServerEventsOptions)}; for
   * several instances, deploy {@code () -> ServerEventsVerticle.of(url)}.
   *
   * @param url {@code redis://[user:password@]host[:port][/db]}, or rediss:// for TLS
   * @throws InvalidInputException if that is no such URL
   */
  public static ServerEventsVerticle of(String url) {
    return new ServerEventsVerticle(new ServerEventsOptions().setConnectionString(url));
  }

  /** Takes its settings from the config of its deployment: {@link ServerEventsOptions}' JSON. */
  public ServerEventsVerticle() {
    options = null;
  }

  /** Takes its settings from {@code options}, of which it keeps a copy. */
  public ServerEventsVerticle(ServerEventsOptions options) {
    this.options = new ServerEventsOptions(options);
  }

  @Override
  public Future<?> start() {
    var model = context.threadingModel();
    if (model != ThreadingModel.EVENT_LOOP) {
      throw new InvalidInputException(
          "threadingModel", model, "must be EVENT_LOOP for a ServerEventsVerticle");
    }
    var settings = options != null ? options : new ServerEventsOptions(config());
    service =
        new EventService(
            vertx,
            context,
            settings,
            changes -> new RedisBroker(vertx, UUID.randomUUID().toString(), settings, changes));
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
