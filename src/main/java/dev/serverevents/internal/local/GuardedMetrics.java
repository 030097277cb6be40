package dev.serverevents.internal.local;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.Store;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics of an application, whose exceptions do not disturb what is measured. */
public final class GuardedMetrics implements ServerEventsMetrics, Shareable {

  private static final String KEY = "metrics";

  private static final Logger LOG = LoggerFactory.getLogger(GuardedMetrics.class);

  private final ServerEventsMetrics metrics;
  private final AtomicBoolean told = new AtomicBoolean();

  private GuardedMetrics(ServerEventsMetrics metrics) {
    this.metrics = metrics;
  }

  /** See {@link ServerEventsMetrics#set}. */
  public static void set(Vertx vertx, ServerEventsMetrics metrics) {
    shared(vertx).put(KEY, new GuardedMetrics(metrics));
  }

  /** See {@link ServerEventsMetrics#of}; null where nothing measures. */
  public static @Nullable ServerEventsMetrics of(Vertx vertx) {
    return shared(vertx).get(KEY);
  }

  private static LocalMap<String, GuardedMetrics> shared(Vertx vertx) {
    return vertx.sharedData().getLocalMap("server-events.metrics");
  }

  private void tell(Consumer<ServerEventsMetrics> what) {
    try {
      what.accept(metrics);
    } catch (RuntimeException unexpected) {
      if (told.compareAndSet(false, true)) {
        LOG.error("The metrics failed; this is said once", unexpected);
      }
    }
  }

  @Override
  public void waitBegan() {
    tell(ServerEventsMetrics::waitBegan);
  }

  @Override
  public void waitEnded(String name, @Nullable Throwable cause, long nanos) {
    tell(to -> to.waitEnded(name, cause, nanos));
  }

  @Override
  public void streamBegan() {
    tell(ServerEventsMetrics::streamBegan);
  }

  @Override
  public void streamEnded(@Nullable Throwable cause) {
    tell(to -> to.streamEnded(cause));
  }

  @Override
  public void clientLeft() {
    tell(ServerEventsMetrics::clientLeft);
  }

  @Override
  public void refused(String setting) {
    tell(to -> to.refused(setting));
  }

  @Override
  public void emitBegan() {
    tell(ServerEventsMetrics::emitBegan);
  }

  @Override
  public void emitted(String name, int receivers) {
    tell(to -> to.emitted(name, receivers));
  }

  @Override
  public void emitFailed(String name, Throwable cause) {
    tell(to -> to.emitFailed(name, cause));
  }

  @Override
  public void payloadDropped(String reason) {
    tell(to -> to.payloadDropped(reason));
  }

  @Override
  public void connectionFailed(Store store) {
    tell(to -> to.connectionFailed(store));
  }

  @Override
  public void reconnected(Store store) {
    tell(to -> to.reconnected(store));
  }

  @Override
  public void resubscribed(long nanos) {
    tell(to -> to.resubscribed(nanos));
  }
}
