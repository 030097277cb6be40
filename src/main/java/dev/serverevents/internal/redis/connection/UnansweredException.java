package dev.serverevents.internal.redis.connection;

/** Commands were not answered: the connection broke, or could not take them. */
public final class UnansweredException extends Exception {

  private static final long serialVersionUID = 1L;

  UnansweredException(Throwable cause) {
    super(cause.getMessage(), cause, false, false);
  }
}
