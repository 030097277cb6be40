package dev.serverevents;

import dev.serverevents.internal.Printable;

/**
 * Of several events fewer came than were needed. Its {@link #status()} is that of its cause, which
 * is what made it impossible; see {@link ServerEvents#listenAll}.
 */
public final class IncompleteException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final ServerEventsException why;

  @SuppressWarnings("serial") // its arguments and failures can be read here alone
  private final EventResults results;

  /**
   * Creates one.
   *
   * @param name the name of the events
   * @param min how many were needed
   * @param results what came nevertheless, what failed and what is missing
   * @param cause what made it impossible that as many come
   */
  public IncompleteException(
      String name, int min, EventResults results, ServerEventsException cause) {
    super(
        cause.status(),
        cause.cause(),
        "Of the %d events \"%s\" that are needed %d came: %s"
            .formatted(min, Printable.of(name), results.results().size(), cause.getMessage()),
        cause);
    this.results = results;
    why = cause;
  }

  /** What came nevertheless, what failed and what is missing. */
  public EventResults results() {
    return results;
  }

  /** What made it impossible that as many came as were needed. */
  public ServerEventsException why() {
    return why;
  }
}
