package dev.serverevents.internal.hub;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.What;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.PendingEmit;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.wire.WireNames;
import org.jspecify.annotations.Nullable;

/** Publishes emits, measures them, and notifies their callers. */
final class Emits {

  private final Broker broker;
  private final ServerEventsMetrics metrics;
  private final Journal journal;
  private final Clock clock;

  Emits(Broker broker, ServerEventsMetrics metrics, Journal journal, Clock clock) {
    this.broker = broker;
    this.metrics = metrics;
    this.journal = journal;
    this.clock = clock;
  }

  /** Publishes an emit. */
  void publish(PendingEmit emit) {
    var metrics = emit.isSignal() ? ServerEventsMetrics.NONE : this.metrics;
    var name = emit.key().name();
    metrics.emitBegan();
    broker
        .publish(emit.channel(), emit.payload(), emit.key(), emit.options())
        .onSuccess(
            receivers -> {
              metrics.emitted(name, receivers);
              emitted(emit, receivers);
              emit.notices().add(new Notices.Emitted(emit, receivers));
            })
        .onFailure(
            cause -> {
              metrics.emitFailed(name, cause);
              notEmitted(emit, cause);
              emit.notices().add(new Notices.NotEmitted(emit, cause));
            });
  }

  private void emitted(PendingEmit emit, int receivers) {
    if (!emit.isSignal() && journal.isOn()) {
      var what = WireNames.isProgress(emit.channel()) ? What.PROGRESS : What.EMITTED;
      journal.regular(new Step(clock.nanoTime(), emit.key(), what, heardBy(receivers)));
    }
  }

  /** These words are not made anew for each emit. */
  private static @Nullable String heardBy(int receivers) {
    return switch (receivers) {
      case -1 -> null;
      case 0 -> "heard by nobody";
      case 1 -> "heard by 1 server";
      default -> "heard by " + receivers + " servers";
    };
  }

  private void notEmitted(PendingEmit emit, Throwable cause) {
    if (!emit.isSignal()) {
      journal.notable(
          new Step(clock.nanoTime(), emit.key(), What.NOT_EMITTED, Course.detail(cause)));
    }
  }
}
