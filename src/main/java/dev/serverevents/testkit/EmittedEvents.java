package dev.serverevents.testkit;

import dev.serverevents.EventArgs;
import dev.serverevents.internal.memory.Published;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import java.util.ArrayList;
import java.util.List;

/** The events that were published, in their order. Any thread may use it. */
final class EmittedEvents {

  private record Emitted(boolean isProgress, EventKey key, EventArgs args) {}

  private final List<Emitted> all = new ArrayList<>();

  synchronized void add(Published published) {
    try {
      var payload = WireFormat.decode(published.payload(), Integer.MAX_VALUE);
      if (!payload.key().name().startsWith(EventKey.RESERVED)) {
        var isProgress = published.channel().equals(WireNames.progress(payload.key()));
        all.add(new Emitted(isProgress, payload.key(), payload.args()));
      }
    } catch (MalformedPayloadException noEvent) {
      // somebody has published what nobody hears
    }
  }

  /** The arguments of all events of a key, or of all progress. */
  synchronized List<EventArgs> of(EventKey key, boolean isProgress) {
    return all.stream()
        .filter(emitted -> emitted.isProgress == isProgress && emitted.key.equals(key))
        .map(Emitted::args)
        .toList();
  }

  @Override
  public synchronized String toString() {
    return all.stream()
        .map(event -> (event.isProgress ? "progress of " : "") + event.key + " " + event.args)
        .toList()
        .toString();
  }
}
