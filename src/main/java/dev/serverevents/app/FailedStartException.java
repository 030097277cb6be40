package dev.serverevents.app;

/** The server cannot start; the message is for the person who started it. */
final class FailedStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  FailedStartException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** With which code the process ends. */
  ExitCode exitCode() {
    return exitCode;
  }
}
