package dev.serverevents.internal.client;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The waits of one ServerEvents. A wait whose time is over asks its verticle whether all that was
 * published before has been told to it; only then has it timed out. Used on the context only.
 */
final class PendingWaits implements PendingWait.Owner {

  private final Home home;
  private final Inboxes inboxes;
  private final Timeouts<PendingWait> timeouts;

  /** Direct waits that have begun in this turn, and whose inbox is heard. */
  private List<PendingWait> heard = new ArrayList<>();

  PendingWaits(Home home) {
    this.home = home;
    inboxes = new Inboxes(home);
    timeouts = new Timeouts<>(home.context(), PendingWaits::settle, this::giveUp);
  }

  @Override
  public Home home() {
    return home;
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
    var inbox = inboxes.add(verticle, wait.key(), wait);
    wait.use(inbox);
    if (inbox.epoch() != 0) {
      if (heard.isEmpty()) {
        home.context().runOnContext(turn -> tellHeard());
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

  @Override
  public void arrived(PendingWait wait, Payload payload) {
    if (remove(wait)) {
      wait.complete(payload);
    }
  }

  @Override
  public void found(PendingWait wait, Payload payload) {
    if (remove(wait)) {
      leave(wait);
      wait.complete(payload);
    }
  }

  @Override
  public void ended(PendingWait wait, Throwable cause) {
    if (remove(wait)) {
      wait.fail(cause);
    }
  }

  @Override
  public void stop(PendingWait wait, Throwable cause) {
    home.run(() -> end(wait, cause));
  }

  /** Ends a wait from this side. */
  private void end(PendingWait wait, Throwable cause) {
    if (remove(wait)) {
      leave(wait);
      wait.fail(cause);
    } else {
      wait.cancelStart();
    }
  }

  /** Ends all for good. */
  Future<Void> close(Throwable cause) {
    return timeouts.forEach(wait -> end(wait, cause)).onSuccess(ended -> inboxes.close());
  }

  /** The time of a wait is over. */
  private static void settle(PendingWait wait) {
    wait.verticle().commands().add(new Command.Settle(wait));
  }

  @Override
  public void settleAgain(PendingWait wait) {
    if (wait.isOver()) {
      settle(wait);
    }
  }

  /** "Timed out" is only said where nothing can have been missed. */
  @Override
  public void settled(PendingWait wait, long epoch, @Nullable String why) {
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
      inboxes.remove(inbox, wait.key(), wait);
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
