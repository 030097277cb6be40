package dev.serverevents.app.conformance;

/** A case does not concern the client. */
final class SkippedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SkippedException(String why) {
    super(why, null, false, false);
  }
}
