package dev.serverevents.bus;

import dev.serverevents.bus.Deployments.Deployment;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The waits of one {@link BusServerEvents}. A wait whose time is over asks its verticle whether all
 * that was published before has been told to it; only then has it timed out. Used on the context
 * only.
 */
final class PendingWaits {

  private final ContextInternal context;
  private final Inboxes inboxes;
  private final Timeouts timeouts;

  /** Direct waits that have begun in this turn, and whose inbox is heard. */
  private List<PendingWait> heard = new ArrayList<>();

  PendingWaits(ContextInternal context, Inboxes inboxes) {
    this.context = context;
    this.inboxes = inboxes;
    timeouts = new Timeouts(context, PendingWaits::settle, this::giveUp);
  }

  /** Has a verticle listen for a wait, and lets its time run. */
  void start(PendingWait wait, Deployment verticle) {
    if (!verticle.pending().enter()) {
      wait.fail(Endings.tooMany(verticle.options()));
      return;
    }
    wait.start(verticle);
    timeouts.add(wait);
    if (!wait.isDirect()) {
      verticle.commands().add(new Command.Listen(wait));
      return;
    }
    var inbox = inboxes.add(wait);
    wait.use(inbox);
    if (inbox.epoch() != 0) {
      if (heard.isEmpty()) {
        context.runOnContext(turn -> tellHeard());
      }
      heard.add(wait);
    }
  }

  /** A hand-over is not called by the method that was given it. */
  private void tellHeard() {
    var waits = heard;
    heard = new ArrayList<>();
    for (var wait : waits) {
      var inbox = wait.inbox();
      if (inbox != null && inbox.epoch() != 0) {
        wait.inboxHeard(inbox.epoch());
      }
    }
  }

  /** An event came for a wait. Its verticle has forgotten it already. */
  void arrived(PendingWait wait, Payload payload) {
    if (remove(wait)) {
      wait.complete(payload);
    }
  }

  /** An event was found that was kept for a wait. */
  void found(PendingWait wait, Payload payload) {
    if (remove(wait)) {
      leave(wait);
      wait.complete(payload);
    }
  }

  /** A wait has failed. Its verticle has forgotten it already. */
  void ended(PendingWait wait, Throwable cause) {
    if (remove(wait)) {
      wait.fail(cause);
    }
  }

  /** Ends a wait from this side. */
  void end(PendingWait wait, Throwable cause) {
    if (remove(wait)) {
      leave(wait);
      wait.fail(cause);
    } else {
      wait.cancelStart();
    }
  }

  Future<Void> endAll(Throwable cause) {
    return timeouts.forEach(wait -> end(wait, cause));
  }

  /** The time of a wait is over. */
  private static void settle(PendingWait wait) {
    wait.verticle().commands().add(new Command.Settle(wait));
  }

  /** A wait is heard again: if its time is over, it may be settled now. */
  void settleAgain(PendingWait wait) {
    if (wait.group != null && wait.group.isOver()) {
      settle(wait);
    }
  }

  /** "Timed out" is only said where nothing can have been missed. */
  void settled(PendingWait wait, long epoch, @Nullable String why) {
    if (wait.wasHeardOn(epoch)) {
      end(wait, wait.timedOut());
    } else if (epoch == 0 || !wait.isLookingUp()) {
      end(wait, wait.unknown(why));
    }
  }

  /** Nobody has told in time. */
  private void giveUp(PendingWait wait) {
    end(wait, wait.unknown("Redis did not tell in time (probeTimeout)"));
  }

  private boolean remove(PendingWait wait) {
    if (!timeouts.remove(wait)) {
      return false;
    }
    wait.verticle().pending().leave();
    var inbox = wait.inbox();
    if (inbox != null) {
      inboxes.remove(inbox, wait);
    }
    return true;
  }

  /** Tells the verticle of a wait that it has ended; an inbox goes on. */
  private static void leave(PendingWait wait) {
    if (!wait.isDirect()) {
      wait.verticle().commands().add(new Command.Leave(wait));
    }
  }
}
