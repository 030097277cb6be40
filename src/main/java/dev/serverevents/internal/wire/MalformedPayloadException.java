package dev.serverevents.internal.wire;

/** A payload that came over Redis is no event; it is dropped. */
public final class MalformedPayloadException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * Says what is wrong.
   *
   * @param reason which of its kinds it is, for metrics: {@code size}, {@code json}, {@code shape}
   */
  MalformedPayloadException(String reason, String why) {
    super(why, null, false, false);
    this.reason = reason;
  }

  /** Which of its kinds it is: {@code size}, {@code json} or {@code shape}. */
  public String reason() {
    return reason;
  }
}
