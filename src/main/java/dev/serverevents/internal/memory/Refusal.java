package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.internal.hub.RefusalException;

/** The memory was told to refuse. */
final class Refusal extends RefusalException {

  private static final long serialVersionUID = 1L;

  /** With what it answers, for example {@code NOPERM this user has no permissions}. */
  Refusal(String answer) {
    super(answer);
  }

  @Override
  public Cause cause() {
    return Cause.REDIS_REFUSED;
  }
}
