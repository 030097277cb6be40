package dev.serverevents.bus;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.bus.Deployments.Deployment;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The waits of one {@link BusServerEvents}, and their timers. Used on its context only. */
final class PendingWaits {

  private final ContextInternal context;
  private final Deployments deployments;
  private final Outbox<Command> outbox;
  private final Map<Long, PendingWait> waits = new HashMap<>();

  PendingWaits(ContextInternal context, Deployments deployments, Outbox<Command> outbox) {
    this.context = context;
    this.deployments = deployments;
    this.outbox = outbox;
  }

  /** Asks a verticle to listen for a wait on the event's channel, and lets its time run. */
  void start(PendingWait wait, EventKey key, long timeout, Deployment verticle) {
    add(wait, key, timeout, verticle);
    outbox.send(verticle.address(), new Command.Listen(wait.number, key, wait.retained()));
  }

  /** The same on its inbox. That is heard already, so the wait need not be confirmed. */
  void startDirect(PendingWait wait, EventKey key, long timeout, Deployment verticle) {
    add(wait, key, timeout, verticle);
    var epoch = verticle.ready() ? verticle.epoch() : 0;
    outbox.send(
        verticle.address(),
        new Command.ListenDirect(wait.number, key, wait.retained(), epoch, System.nanoTime()));
    if (epoch != 0) {
      context.runOnContext(sent -> subscribed(wait.number, epoch));
    }
  }

  private void add(PendingWait wait, EventKey key, long timeout, Deployment verticle) {
    var timer = context.setTimer(timeout, t -> end(wait, timedOut(wait, timeout)));
    wait.started(key, verticle, timer);
    waits.put(wait.number, wait);
  }

  void subscribed(long number, long epoch) {
    var wait = waits.get(number);
    if (wait != null) {
      wait.confirm(epoch);
    }
  }

  void arrived(long number, EventArgs args) {
    remove(number).ifPresent(wait -> wait.succeed(args));
  }

  void ended(long number, Throwable cause) {
    remove(number).ifPresent(wait -> wait.fail(cause));
  }

  /** Ends a wait from this side, so that the verticle has to be told. */
  void end(PendingWait wait, Throwable cause) {
    remove(wait.number)
        .ifPresent(
            pending -> {
              outbox.send(
                  pending.verticle().address(),
                  new Command.Leave(pending.number, pending.key(), pending.direct()));
              pending.fail(cause);
            });
  }

  Future<Void> endAll(Throwable cause) {
    return Turns.forEach(context, waits.values(), wait -> end(wait, cause));
  }

  /** "Timed out" is only said of a wait that would have heard. */
  private ServerEventsException timedOut(PendingWait wait, long timeout) {
    var key = wait.key();
    return deployments.listens(wait.verticle().address(), wait.epoch())
        ? new EventTimeoutException(key.name(), key.id(), timeout)
        : new UnavailableException(
            "No event \"%s\" with id \"%s\" was heard in %d ms, but the connection to Redis was not up all the time"
                .formatted(key.name(), key.id(), timeout));
  }

  private Optional<PendingWait> remove(long number) {
    var wait = waits.remove(number);
    if (wait != null) {
      context.owner().cancelTimer(wait.timer());
    }
    return Optional.ofNullable(wait);
  }
}
