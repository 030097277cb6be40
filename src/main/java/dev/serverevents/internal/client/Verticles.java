package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.Cause;
import dev.serverevents.Health;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.wire.EventKey;
import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The deployed verticles as one ServerEvents uses them: the settings that its calls are checked
 * against, and which verticle serves a key. Any thread may use it.
 */
final class Verticles {

  private final Deployments deployments;
  private final EventLoop loop;
  private volatile @Nullable Long timeout;
  private volatile boolean isClosed;

  /** As a ServerEvents uses them that lives on a context. */
  Verticles(ContextInternal context) {
    deployments = new Deployments(context.owner());
    loop = context.nettyEventLoop();
  }

  LimitsOptions limits() {
    return deployments.options().getLimits();
  }

  /** How long a drain may take, in ms. */
  long drainTimeout() {
    return deployments.options().getDrainTimeout();
  }

  Health health() {
    return deployments.health();
  }

  /** Sets the timeout in ms of the waits that name none, in the place of the verticle's. */
  void timeout(long timeout) {
    this.timeout = ServerEventsOptions.timeout("timeout", timeout);
  }

  /** The timeout in ms of a wait that names none. */
  long timeout() {
    return requireNonNullElse(timeout, deployments.options().getTimeout());
  }

  /** The timeout in ms of a wait, which may have named one. */
  long checkedTimeout(@Nullable Long named) {
    var ms = requireNonNullElse(named, timeout());
    return Fields.integer("timeout", ms, 1, limits().getTimeout());
  }

  /** From now on no verticle serves the ServerEvents. */
  void close() {
    isClosed = true;
  }

  /**
   * The verticle that publishes what is emitted for a key.
   *
   * @throws UnavailableException if there is none
   */
  Deployment publishing(EventKey key) {
    return served(deployments.serving(key));
  }

  private Deployment served(Optional<Deployment> verticle) {
    if (isClosed) {
      throw new UnavailableException(Cause.NOT_DEPLOYED, "This ServerEvents is closed");
    }
    return verticle.orElseThrow(Verticles::noneDeployed);
  }

  private static UnavailableException noneDeployed() {
    return new UnavailableException(
        Cause.NOT_DEPLOYED, "No ServerEventsVerticle is deployed on this Vert.x");
  }

  /**
   * A verticle that can ask others: one that listens, if there is any.
   *
   * @throws UnavailableException if there is none
   */
  Deployment any() {
    var all = isClosed ? List.<Deployment>of() : deployments.all();
    return all.stream()
        .filter(each -> each.options().isListen())
        .findFirst()
        .or(() -> all.stream().findFirst())
        .orElseThrow(Verticles::noneDeployed);
  }

  /**
   * The lists of jobs in the Redis of the verticles.
   *
   * @throws UnavailableException if there is none
   */
  JobStore jobs() {
    return deployments.all().stream()
        .findFirst()
        .map(Deployment::jobs)
        .orElseThrow(Verticles::noneDeployed);
  }

  /**
   * The verticle that listens for a key, in which one more wait or stream counts as pending.
   *
   * @throws UnavailableException if there is none, or if it takes no more
   */
  Deployment enter(EventKey key) {
    var verticle = listening(key);
    if (!verticle.pending().enter()) {
      throw new UnavailableException(
          Cause.LIMIT,
          "%d waits are pending already (limits.pendingWaits)"
              .formatted(verticle.options().getLimits().getPendingWaits()));
    }
    return verticle;
  }

  /**
   * The verticle that listens for a key.
   *
   * @throws UnavailableException if there is none, or if it drains
   */
  Deployment listening(EventKey key) {
    var verticle = served(deployments.serving(key, loop));
    if (!verticle.options().isListen()) {
      throw new UnavailableException(
          Cause.NOT_DEPLOYED, "The ServerEventsVerticle only emits (listen)");
    }
    if (verticle.draining()) {
      throw new UnavailableException(
          Cause.DRAINING, "The ServerEventsVerticle is being undeployed");
    }
    return verticle;
  }
}
