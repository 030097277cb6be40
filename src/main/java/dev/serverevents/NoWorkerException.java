package dev.serverevents;

import dev.serverevents.internal.Printable;

/** No worker serves the event's name (503), so that nobody would do the job. */
public final class NoWorkerException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String id;

  /** For a wait on {@code name} and {@code id}. */
  public NoWorkerException(String name, String id) {
    this(
        Timeline.UNKNOWN,
        "No worker serves \"%s\": nobody would do the job of id \"%s\""
            .formatted(Printable.of(name), Printable.of(id)),
        name,
        id);
  }

  private NoWorkerException(Timeline timeline, String message, String name, String id) {
    super(503, Cause.NO_WORKER, message, null, timeline);
    this.name = name;
    this.id = id;
  }

  @Override
  public NoWorkerException at(Timeline timeline) {
    return new NoWorkerException(timeline, String.valueOf(getMessage()), name, id);
  }

  /** The event's name. */
  public String name() {
    return name;
  }

  /** The event's id. */
  public String id() {
    return id;
  }
}
