package dev.serverevents.simulation;

import dev.serverevents.internal.memory.Published;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;

/** Notes what Redis publishes. */
final class Observer {

  private final Facts facts;
  private final Faults faults;
  private final Trace trace;

  Observer(Facts facts, Faults faults, Trace trace) {
    this.facts = facts;
    this.faults = faults;
    this.trace = trace;
  }

  void published(Published published) {
    try {
      var payload = WireFormat.decode(published.payload(), Integer.MAX_VALUE);
      if (payload.key().name().startsWith(EventKey.RESERVED)) {
        Signal.of(payload).ifPresent(signal -> signal(signal, published));
      } else {
        event(payload, published);
      }
    } catch (MalformedPayloadException noEvent) {
      throw new IllegalStateException(noEvent);
    }
  }

  private void event(Payload payload, Published published) {
    var failure = payload.failure();
    var number =
        failure == null
            ? Simulation.number(payload.args())
            : Integer.parseInt(String.valueOf(failure.getMessage()));
    var emitted = facts.emits.get(number);
    var retain = published.retained() && emitted != null ? emitted.retain : 0;
    var isLost = faults.hasLost(published);
    trace.add("published", payload.key(), number, published.receivers(), isLost);
    var at = trace.now();
    facts.publications.add(
        new SimulatedEvent(
            at,
            published.channel(),
            payload.key(),
            number,
            retain == 0 ? 0 : at.ns() + Circumstances.ns(retain),
            isLost,
            failure != null));
  }

  private void signal(Signal signal, Published published) {
    var channel = published.channel();
    var isLost = faults.hasLost(published);
    var worker = channel.startsWith(WireNames.worker("")) ? channel : "";
    trace.add(signal.getClass().getSimpleName(), isLost, worker);
    if (signal instanceof Signal.Claim claim && !isLost) {
      for (var wait : facts.waits.values()) {
        if (channel.equals(wait.inbox) && claim.id().equals(wait.key.id())) {
          wait.claimed = trace.now();
        }
      }
    }
  }
}
