package dev.serverevents;

import dev.serverevents.internal.Printable;

/**
 * The worker that had claimed the job is gone, or has shown no sign of life for too long (503). The
 * job may have been done in part.
 */
public final class WorkerLostException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String id;
  private final String worker;

  private WorkerLostException(
      Cause why, String message, Timeline timeline, String name, String id, String worker) {
    super(503, why, message, null, timeline);
    this.name = name;
    this.id = id;
    this.worker = worker;
  }

  /** For a wait whose worker's connection is gone. */
  public static WorkerLostException gone(String name, String id, String worker) {
    return new WorkerLostException(
        Cause.WORKER_LOST,
        "The worker \"%s\" that had the job of \"%s\" with id \"%s\" is gone"
            .formatted(Printable.of(worker), Printable.of(name), Printable.of(id)),
        Timeline.UNKNOWN,
        name,
        id,
        worker);
  }

  /** For a wait whose worker has shown no sign of life for so many ms. */
  public static WorkerLostException stalled(String name, String id, String worker, long ms) {
    return new WorkerLostException(
        Cause.STALLED,
        "The worker \"%s\" that has the job of \"%s\" with id \"%s\" has shown no sign of life for"
                .formatted(Printable.of(worker), Printable.of(name), Printable.of(id))
            + " %d ms".formatted(ms),
        Timeline.UNKNOWN,
        name,
        id,
        worker);
  }

  @Override
  public WorkerLostException at(Timeline timeline) {
    return new WorkerLostException(
        cause(), String.valueOf(getMessage()), timeline, name, id, worker);
  }

  /** The event's name. */
  public String name() {
    return name;
  }

  /** The event's id. */
  public String id() {
    return id;
  }

  /** The id of the worker that had claimed the job. */
  public String worker() {
    return worker;
  }
}
