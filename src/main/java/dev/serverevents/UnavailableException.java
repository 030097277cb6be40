package dev.serverevents;

import org.jspecify.annotations.Nullable;

/**
 * Redis, or the verticle that speaks to it, cannot serve at present (503): try again later. Of a
 * wait it says that its event may have been published, or may not: nobody can know.
 */
public final class UnavailableException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  /** With what cannot be done and why. */
  public UnavailableException(String message) {
    this(message, null);
  }

  /** With what cannot be done and the error behind it. */
  public UnavailableException(String message, @Nullable Throwable cause) {
    super(503, message, cause);
  }
}
