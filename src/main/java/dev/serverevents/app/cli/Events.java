package dev.serverevents.app.cli;

import dev.serverevents.StreamEvent;
import org.jspecify.annotations.Nullable;

/** The events of a stream, which are taken one by one by a thread that may block. */
@FunctionalInterface
interface Events {

  /** Returns the next one, or null at the end; throws what the stream fails with. */
  @Nullable StreamEvent next();
}
