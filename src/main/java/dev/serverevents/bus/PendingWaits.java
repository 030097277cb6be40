package dev.serverevents.bus;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.bus.Deployments.Deployment;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;

/** The waits of one {@link BusServerEvents}. Used on its context only. */
final class PendingWaits {

  private final ContextInternal context;
  private final Deployments deployments;
  private final Outbox<Command> outbox;
  private final Timeouts timeouts;
  private List<PendingWait> heard = new ArrayList<>();

  PendingWaits(ContextInternal context, Deployments deployments, Outbox<Command> outbox) {
    this.context = context;
    this.deployments = deployments;
    this.outbox = outbox;
    timeouts =
        new Timeouts(
            context,
            wait ->
                end(
                    wait,
                    timedOut(wait.key(), wait.timeout(), wait.verticle().address(), wait.epoch())));
  }

  /**
   * Asks a verticle to listen for a wait, and lets its time run. Where its inbox is heard already,
   * a direct wait need not be confirmed.
   */
  void start(PendingWait wait, Deployment verticle) {
    wait.start(verticle);
    timeouts.add(wait);
    var epoch = wait.direct() ? verticle.epoch() : 0;
    outbox.send(verticle.address(), new Command.Listen(wait, epoch));
    if (epoch != 0) {
      if (heard.isEmpty()) {
        context.runOnContext(sent -> confirmHeard());
      }
      heard.add(wait);
    }
  }

  private void confirmHeard() {
    var confirmed = heard;
    heard = new ArrayList<>();
    confirmed.forEach(wait -> subscribed(wait, wait.verticle().epoch()));
  }

  void subscribed(PendingWait wait, long epoch) {
    if (wait.group != null) {
      wait.confirm(epoch);
    }
  }

  void lost(PendingWait wait) {
    if (wait.group != null) {
      wait.lose();
    }
  }

  void arrived(PendingWait wait, EventArgs args) {
    if (timeouts.remove(wait)) {
      wait.succeed(args);
    }
  }

  void ended(PendingWait wait, Throwable cause) {
    if (timeouts.remove(wait)) {
      wait.fail(cause);
    }
  }

  /** Ends a wait from this side, so that the verticle has to be told. */
  void end(PendingWait wait, Throwable cause) {
    if (timeouts.remove(wait)) {
      outbox.send(wait.verticle().address(), new Command.Leave(wait));
      wait.fail(cause);
    }
  }

  Future<Void> endAll(Throwable cause) {
    return timeouts.forEach(wait -> end(wait, cause));
  }

  /** "Timed out" is only said of who would have heard, on the connection that must have lasted. */
  ServerEventsException timedOut(EventKey key, long timeout, String verticle, long epoch) {
    return deployments.listens(verticle, epoch)
        ? new EventTimeoutException(key.name(), key.id(), timeout)
        : new UnavailableException(
            "No event \"%s\" with id \"%s\" was heard in %d ms, but the connection to Redis was not up all the time"
                .formatted(key.name(), key.id(), timeout));
  }
}
