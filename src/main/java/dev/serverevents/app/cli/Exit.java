package dev.serverevents.app.cli;

import dev.serverevents.Cause;
import java.util.LinkedHashMap;
import java.util.Map;

/** With which code a command ends. */
enum Exit {
  /** The result came, or it is done. */
  RESULT(0, "The event came, or what was asked for is done."),
  /** Something unexpected was thrown. */
  UNEXPECTED(1, "It failed for a reason that nobody has thought of; --verbose tells more."),
  /** The command line, or what it names, is wrong. */
  USAGE(2, "The command line, a setting, a key or the input is wrong."),
  /** The job failed. */
  FAILURE(3, "The job failed, and its worker said so."),
  /** The event did not come in time. */
  TIMED_OUT(4, "The event did not come in time."),
  /** It cannot be done now. */
  UNAVAILABLE(5, "Redis or the server is unavailable, so that nobody knows whether it came."),
  /** Nobody serves the name. */
  NO_WORKER(6, "No worker serves the name."),
  /** Ctrl-C. */
  INTERRUPTED(130, "Ctrl-C ended it."),
  /** Nobody reads what it prints: 128 and the number of SIGPIPE, as of any program in a pipe. */
  UNREAD(141, "Nobody reads its output any more.");

  private final int code;
  private final String meaning;

  Exit(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number. */
  int code() {
    return code;
  }

  /** What each code means, in a sentence. */
  static Map<String, String> meanings() {
    var meanings = new LinkedHashMap<String, String>();
    for (var exit : values()) {
      meanings.put(String.valueOf(exit.code), exit.meaning);
    }
    return meanings;
  }

  /** The one for a failure. */
  static Exit of(Throwable failure) {
    return switch (Cause.of(failure)) {
      case RESULT -> RESULT;
      case FAILURE -> FAILURE;
      case NO_EVENT, NEVER_CLAIMED -> TIMED_OUT;
      case NO_WORKER -> NO_WORKER;
      case INVALID, CONFLICT -> USAGE;
      case WORKER_LOST,
          STALLED,
          REDIS_GAP,
          REDIS_AWAY,
          REDIS_REFUSED,
          DRAINING,
          NOT_DEPLOYED,
          LIMIT,
          CANCELLED,
          CLIENT_GONE,
          NOT_HANDED_OVER ->
          UNAVAILABLE;
      case UNEXPECTED -> UNEXPECTED;
    };
  }
}
