package dev.serverevents.internal.journal;

import dev.serverevents.internal.wire.EventKey;
import org.jspecify.annotations.Nullable;

/** What is remembered at one place of a ring: a {@code Step} or a {@code Course}. */
public interface Entry {

  /** The event that it is about, or null if it is about all of them. */
  @Nullable EventKey key();
}
