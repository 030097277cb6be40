package dev.serverevents.internal.journal;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.internal.wire.EventKey;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened.
 *
 * @param at when, a time of the clock in ns
 * @param key the event that it happened to, or null if it concerns all that are waited for
 * @param detail more about it, in words, or null
 * @param cause why a wait ended, or null if none did
 * @param args the arguments that came or were emitted, or null where they are not kept
 */
public record Step(
    long at,
    @Nullable EventKey key,
    What what,
    @Nullable String detail,
    @Nullable Cause cause,
    @Nullable EventArgs args)
    implements Entry {

  /** A step that ends no wait. */
  public Step(long at, @Nullable EventKey key, What what, @Nullable String detail) {
    this(at, key, what, detail, null, null);
  }
}
