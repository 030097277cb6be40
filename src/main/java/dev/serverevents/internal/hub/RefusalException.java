package dev.serverevents.internal.hub;

import dev.serverevents.Cause;

/** Redis, or what is in its place, answered that it does not do what it was asked to. */
public abstract class RefusalException extends Exception implements Cause.Known {

  private static final long serialVersionUID = 1L;

  /** With what it answered. It has no stack trace: nothing here is wrong. */
  protected RefusalException(String answer) {
    super(answer, null, false, false);
  }

  /** What it answered. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
