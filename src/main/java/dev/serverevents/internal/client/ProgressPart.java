package dev.serverevents.internal.client;

import dev.serverevents.StreamEvent;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;

/** The part for the progress of a stream's job. */
final class ProgressPart extends StreamPart {

  ProgressPart(Owner stream) {
    super(stream);
  }

  @Override
  public String channel() {
    return WireNames.progress(stream().key());
  }

  @Override
  public void arrived(Payload payload) {
    stream().add(new StreamEvent.Progress(payload.args()), payload.args().bytes());
  }
}
