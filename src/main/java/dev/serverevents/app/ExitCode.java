package dev.serverevents.app;

/** With which code the process ends. */
enum ExitCode {
  /** The server ended as it was asked to, or said what it was asked. */
  OK(0, "It did what it was asked to."),
  /** Something unexpected was thrown. */
  UNEXPECTED(1, "It failed for a reason that nobody has thought of; the log has it."),
  /** The command line is wrong. */
  USAGE(2, "The command line is wrong."),
  /** A setting is wrong. */
  SETTING(3, "A setting is wrong, or its file cannot be read."),
  /** Redis cannot be reached, or refuses. */
  REDIS(4, "Redis cannot be reached, or refuses."),
  /** HTTP cannot be served. */
  HTTP(5, "It cannot listen for HTTP, for example since the port is taken."),
  /** The embedded Redis does not start. */
  EMBEDDED_REDIS(6, "The embedded Redis does not start.");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number. */
  int code() {
    return code;
  }

  /** What it means, in a sentence. */
  String meaning() {
    return meaning;
  }
}
