package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.UnavailableException;

/** The server cannot start; the message is for the person who started it. */
final class FailedStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  FailedStartException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Tells with which code the process ends when its start has failed. */
  static ExitCode exitCode(Throwable cause) {
    if (cause instanceof FailedStartException failed) {
      return failed.exitCode;
    }
    if (cause instanceof InvalidInputException) {
      return ExitCode.SETTING;
    }
    return cause instanceof UnavailableException ? ExitCode.REDIS : ExitCode.UNEXPECTED;
  }
}
