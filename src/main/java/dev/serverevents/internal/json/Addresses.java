package dev.serverevents.internal.json;

/** The event bus addresses. */
public final class Addresses {

  /**
   * Waits: request {@code {"name","id","timeout"?,"retained"?,"requireWorker"?}}, reply the JSON
   * array of arguments.
   *
   * <p>With {@code "any":[ids]} in the place of the id it is for the first of them, and the reply
   * is {@code {"id","args"}}; with {@code "all":[ids],"min"?} it is for all, or for {@code min} of
   * them, and the reply is {@code {"results","failures","missing"}}.
   *
   * <p>With {@code "handOver"}, an address, it starts a job as well: once the wait is heard,
   * {@linkplain dev.serverevents.Job#toJson() the job} is requested there, and whatever is replied
   * means that the job is handed over; a failure ends the wait. With {@code "direct":true} the job
   * has a {@code "replyTo"}, and the wait is for a reply to it. With {@code "watchWorker":true} or
   * {@code "stalledAfter"} it has a {@code "claimTo"}, too.
   */
  public static final String ON = "server-events.on";

  /**
   * Emits: send or request {@code {"name","id","args"?,"retain"?}}, or with {@code
   * "failure":{"code","message","detail"?}} for the arguments; reply {@code {"receivers":n}}. With
   * {@code "replyTo"} it is a direct reply, with {@code "progress":true} it is progress, and with
   * {@code "idempotencyKey"} it happens once.
   */
  public static final String EMIT = "server-events.emit";

  /**
   * Streams: request {@code {"name","id","timeout"?,"retained"?,"follow"?, "requireWorker"?}},
   * reply {@code {"address"}} once it is heard. Consume that address: it gets {@code
   * {"type":"open"}}, then {@code {"type":"progress","args"}}, {@code "result"} with {@code
   * "args"}, {@code "failure"} with {@code "code","message","detail"}, {@code "gap"} with {@code
   * "reason"}, at times {@code "heartbeat"}, and as the last {@code "end"}, or {@code "timeout"} or
   * {@code "error"} with {@code "status","message","cause","timeline"?}. The stream ends when its
   * consumer goes.
   */
  public static final String STREAM = "server-events.stream";

  private Addresses() {}
}
