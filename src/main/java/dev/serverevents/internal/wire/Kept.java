package dev.serverevents.internal.wire;

import dev.serverevents.internal.wire.WireFormat.Payload;

/**
 * An event as Redis keeps it.
 *
 * @param expiresAt when it is forgotten, in ms of Redis's Unix time; {@link #UNDATED} where that
 *     was not asked for, or is not told
 */
public record Kept(Payload payload, long expiresAt) {

  /** In the place of an expiry that is not known. */
  public static final long UNDATED = -1;

  /**
   * Tells whether it may be the same emit as another one: arguments can be equal twice, but each
   * emit sets the expiry anew.
   */
  public boolean mayBe(Kept other) {
    return payload.isSameAs(other.payload)
        && (expiresAt == other.expiresAt || expiresAt == UNDATED || other.expiresAt == UNDATED);
  }
}
