package dev.serverevents;

import org.jspecify.annotations.Nullable;

/**
 * Redis, or the verticle that speaks to it, cannot serve at present (503): try again later. Of a
 * wait it says that its event may have been published, or may not: nobody can know.
 */
public final class UnavailableException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  /** With what cannot be done and why. */
  public UnavailableException(Cause why, String message) {
    this(why, message, null);
  }

  /** With what cannot be done and the error behind it. */
  public UnavailableException(Cause why, String message, @Nullable Throwable behind) {
    this(why, message, behind, Timeline.UNKNOWN);
  }

  private UnavailableException(
      Cause why, String message, @Nullable Throwable behind, Timeline timeline) {
    super(503, why, message, behind, timeline);
  }

  @Override
  public UnavailableException at(Timeline timeline) {
    return new UnavailableException(cause(), String.valueOf(getMessage()), getCause(), timeline);
  }
}
