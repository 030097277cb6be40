package dev.serverevents.internal.client;

import dev.serverevents.EventWait;
import dev.serverevents.InvalidInputException;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The waits of one ServerEvents. A wait whose time is over asks its verticle whether all that was
 * published before has been told to it; only then has it timed out. Used on the context only,
 * unless said otherwise.
 */
final class PendingWaits implements PendingWait.Owner {

  private final Home home;
  private final Verticles verticles;
  private final Workers workers;
  private final Inboxes inboxes;
  private final Timeouts<PendingWait> timeouts;

  /** Direct requests that have begun in this turn, and whose inbox is heard. */
  private List<PendingRequest> heard = new ArrayList<>();

  PendingWaits(Home home, Verticles verticles, Workers workers) {
    this.home = home;
    this.verticles = verticles;
    this.workers = workers;
    inboxes = new Inboxes(home, workers);
    timeouts = new Timeouts<>(home.context(), PendingWait::settle, PendingWait::giveUp);
  }

  @Override
  public Home home() {
    return home;
  }

  @Override
  public Workers workers() {
    return workers;
  }

  /** Waits for an event. Any thread may call it, for a caller on any context. */
  EventWait listen(Object name, Object id, WaitOptions options, ContextInternal caller) {
    return begin(
        name,
        id,
        options,
        (key, timeout) -> new PlainWait(this, key, timeout, options, caller),
        caller);
  }

  /** Starts a job and waits for its event. Any thread may call it, for a caller on any context. */
  EventWait request(
      Object name,
      Object id,
      WaitOptions options,
      PendingRequest.HandOver handOver,
      ContextInternal caller) {
    return begin(
        name,
        id,
        options,
        (key, timeout) -> new PendingRequest(this, key, timeout, options, handOver, caller),
        caller);
  }

  private EventWait begin(
      Object name,
      Object id,
      WaitOptions options,
      BiFunction<EventKey, Long, PendingWait> make,
      ContextInternal caller) {
    try {
      Fields.present("options", options);
      var key = EventKey.of(name, id, verticles.limits());
      var wait = make.apply(key, verticles.checkedTimeout(options.timeout()));
      home.metrics().waitBegan();
      home.run(() -> start(wait));
      return wait;
    } catch (InvalidInputException invalid) {
      return PendingWait.refused(caller, invalid);
    }
  }

  private void start(PendingWait wait) {
    if (wait.stopped() != null) {
      wait.fail(wait.stopped());
      return;
    }
    try {
      start(wait, verticles.enter(wait.key()));
    } catch (UnavailableException refused) {
      wait.fail(refused);
    }
  }

  /** Has a verticle listen for a wait, and lets its time run. */
  private void start(PendingWait wait, Deployment verticle) {
    wait.start(verticle);
    timeouts.add(wait);
    home.books().opened();
    var request = wait instanceof PendingRequest asking ? asking : null;
    if (request != null && request.needsInbox()) {
      join(request, inboxes.add(verticle, wait.key(), request));
    }
    if (request == null || !request.isDirect()) {
      verticle.commands().add(new Command.Listen(wait));
    }
    if (wait.watch() != null) {
      wait.watch().start(verticle, request == null ? null : request.inbox());
    }
  }

  private void join(PendingRequest request, Inbox inbox) {
    request.use(inbox);
    if (inbox.epoch() != 0) {
      if (heard.isEmpty()) {
        home.context().runOnContext(turn -> tellHeard());
      }
      heard.add(request);
    }
  }

  /** Begins in a turn of its own: no hand-over is called by the method that was given it. */
  private void tellHeard() {
    var requests = heard;
    heard = new ArrayList<>();
    for (var request : requests) {
      var inbox = request.inbox();
      if (inbox != null && inbox.epoch() != 0) {
        request.inboxHeard(inbox.epoch());
      }
    }
  }

  @Override
  public boolean remove(PendingWait wait) {
    if (!timeouts.remove(wait)) {
      return false;
    }
    wait.verticle().pending().leave();
    if (wait instanceof PendingRequest request && request.inbox() != null) {
      inboxes.remove(request.inbox(), wait.key(), request);
    }
    return true;
  }

  /** Does something with all waits that are pending now, and completes after the last. */
  Future<Void> forEach(Consumer<PendingWait> action) {
    return timeouts.forEach(action);
  }

  /** Ends all waits, for good. */
  Future<Void> close(Throwable cause) {
    return forEach(wait -> wait.end(cause))
        .onSuccess(
            ended -> {
              inboxes.close();
              workers.close();
            });
  }
}
