package dev.serverevents.internal.hub;

import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.PendingEmit;

/** Publishes emits, measures them, and notifies their callers. */
final class Emits {

  private final Broker broker;
  private final ServerEventsMetrics metrics;

  Emits(Broker broker, ServerEventsMetrics metrics) {
    this.broker = broker;
    this.metrics = metrics;
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
              emit.notices().add(new Notices.Emitted(emit, receivers));
            })
        .onFailure(
            cause -> {
              metrics.emitFailed(name, cause);
              emit.notices().add(new Notices.NotEmitted(emit, cause));
            });
  }
}
