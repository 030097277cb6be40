package dev.serverevents;

import org.jspecify.annotations.Nullable;

/** The job failed, and its worker said so with {@link ServerEvents#emitFailure}. */
public final class EventFailureException extends ServerEventsException {

  private static final long serialVersionUID = 1L;
  private static final int BAD_GATEWAY = 502;

  private final String name;
  private final String id;
  private final int code;

  @SuppressWarnings("serial") // what Vert.x makes of JSON
  private final @Nullable Object detail;

  /** For the event of {@code name} and {@code id}, with what the worker said. */
  public EventFailureException(
      String name, String id, int code, String message, @Nullable Object detail) {
    this(Timeline.UNKNOWN, name, id, code, message, detail);
  }

  private EventFailureException(
      Timeline timeline,
      String name,
      String id,
      int code,
      String message,
      @Nullable Object detail) {
    super(code >= 400 && code <= 599 ? code : BAD_GATEWAY, Cause.FAILURE, message, null, timeline);
    this.name = name;
    this.id = id;
    this.code = code;
    this.detail = detail;
  }

  @Override
  public EventFailureException at(Timeline timeline) {
    return new EventFailureException(
        timeline, name, id, code, String.valueOf(getMessage()), detail);
  }

  /** The event's name. */
  public String name() {
    return name;
  }

  /** The event's id. */
  public String id() {
    return id;
  }

  /**
   * The worker's code. It is the {@link #status()} as well if from 400 to 599; else that is 502.
   */
  public int code() {
    return code;
  }

  /** What the worker added: any JSON value, or null. */
  public @Nullable Object detail() {
    return detail;
  }
}
