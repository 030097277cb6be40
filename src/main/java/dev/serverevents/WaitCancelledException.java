package dev.serverevents;

/**
 * The caller cancelled the wait, or the client is gone for which it waited (499, a status that no
 * client is left to read).
 */
public final class WaitCancelledException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  /**
   * With what cancelled it.
   *
   * @param why {@link Cause#CANCELLED} or {@link Cause#CLIENT_GONE}
   * @throws InvalidInputException if it is another cause
   */
  public WaitCancelledException(Cause why, String message) {
    this(checked(why), message, Timeline.UNKNOWN);
  }

  private WaitCancelledException(Cause why, String message, Timeline timeline) {
    super(499, why, message, null, timeline);
  }

  private static Cause checked(Cause why) {
    if (why != Cause.CANCELLED && why != Cause.CLIENT_GONE) {
      throw new InvalidInputException("why", why, "must be CANCELLED or CLIENT_GONE");
    }
    return why;
  }

  @Override
  public WaitCancelledException at(Timeline timeline) {
    return new WaitCancelledException(cause(), String.valueOf(getMessage()), timeline);
  }
}
