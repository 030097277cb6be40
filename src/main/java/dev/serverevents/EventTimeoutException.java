package dev.serverevents;

import dev.serverevents.internal.Printable;

/** No event came within the timeout of the wait (504). */
public final class EventTimeoutException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String id;
  private final long timeout;

  /** For a wait on {@code name} and {@code id} that lasted {@code timeout} ms. */
  public EventTimeoutException(String name, String id, long timeout) {
    super(
        504,
        "No event \"%s\" with id \"%s\" within its timeout of %d ms"
            .formatted(Printable.of(name), Printable.of(id), timeout),
        null);
    this.name = name;
    this.id = id;
    this.timeout = timeout;
  }

  /** The event's name. */
  public String name() {
    return name;
  }

  /** The event's id. */
  public String id() {
    return id;
  }

  /** How long the wait lasted, in ms. */
  public long timeout() {
    return timeout;
  }
}
