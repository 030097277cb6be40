package dev.serverevents.internal.redis.connection;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.loop.Patience;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * What the connections of a verticle share: its context, its settings, the listener to what happens
 * to them, numbers that no two of them may have, and what is done again in a moment. Used on the
 * verticle's context only.
 */
public final class Resources {

  /** So long a moment is, in ms. */
  public static final long MOMENT_MS = 50;

  private final Vertx vertx;
  private final Context context;
  private final String serverId;
  private final ServerEventsOptions options;
  private final ConnectionListener listener;
  private List<Runnable> retries = new ArrayList<>();
  private long retryTimer = -1;
  private long epochs;
  private long nonces;

  /**
   * Those of the verticle on whose context this is called.
   *
   * @param serverId tells the verticle from all others
   */
  public Resources(
      Vertx vertx, String serverId, ServerEventsOptions options, ConnectionListener listener) {
    this.vertx = vertx;
    this.serverId = serverId;
    this.options = options;
    this.listener = listener;
    context = vertx.getOrCreateContext();
  }

  public Vertx vertx() {
    return vertx;
  }

  /** The verticle's context. */
  public Context context() {
    return context;
  }

  /** Tells the verticle from all others. */
  public String serverId() {
    return serverId;
  }

  /** The settings of the verticle. */
  public ServerEventsOptions options() {
    return options;
  }

  /** Where Redis is. */
  public RedisServerOptions redis() {
    return options.getRedis();
  }

  /** The commands that publish and subscribe there. */
  public PubSub pubsub() {
    return PubSub.of(redis());
  }

  /** The listener that is told what happens to the connections. */
  public ConnectionListener listener() {
    return listener;
  }

  /** For how long it is tried to prove that nothing was missed, in ms; 0 does without. */
  public long probeTimeout() {
    return options.getProbeTimeout() == 0 ? 0 : Patience.probeMs(options);
  }

  /** The next number of a connection that subscribes. */
  public long nextEpoch() {
    return ++epochs;
  }

  /** The next number of a ping. */
  public long nextNonce() {
    return ++nonces;
  }

  /** Does in a moment what cannot be done yet, for example what a cluster refuses at present. */
  public void retry(Runnable action) {
    if (retries.isEmpty()) {
      retryTimer = vertx.setTimer(MOMENT_MS, timer -> retryAll());
    }
    retries.add(action);
  }

  private void retryAll() {
    var due = retries;
    retries = new ArrayList<>();
    due.forEach(Runnable::run);
  }

  /** Does nothing again any more. */
  public void close() {
    vertx.cancelTimer(retryTimer);
  }
}
