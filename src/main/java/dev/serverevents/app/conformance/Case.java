package dev.serverevents.app.conformance;

/**
 * Something that a client must do.
 *
 * @param group the group of the table that it is in
 * @param name says what, in a sentence
 * @param steps throws {@link FailedException} if the client does it otherwise
 */
record Case(String group, String name, Steps steps) {

  /** What is done. */
  @FunctionalInterface
  interface Steps {
    /** Does it. */
    void run(Rig rig) throws Exception;
  }
}
