package dev.serverevents;

import dev.serverevents.internal.Printable;

/**
 * No event came within the timeout of the wait (504). That is knowledge: of all that Redis
 * published on the wait's channel between its confirmed subscription and its deadline, nothing has
 * been missed. When its time was over, a ping went over the connections by which events come, and
 * came back after everything that was published before it:
 *
 * <ul>
 *   <li>on one server, and on the master that Sentinels name, by its one subscriber connection;
 *   <li>on a cluster with sharded Pub/Sub, at the master that serves the channel's slot;
 *   <li>on a cluster with broadcast Pub/Sub, from every master, over the links between the nodes,
 *       which must have been there all along ({@code CLUSTER LINKS}); what somebody publishes at a
 *       replica is not covered.
 * </ul>
 *
 * <p>A {@linkplain WaitOptions#retained() retained} wait whose connection broke has looked up what
 * was kept when it was heard again. So what was published while it was not heard counts only if it
 * was kept until then.
 *
 * <p>It does not tell of what was published at a server that Redis had left for another one, in a
 * failover. With a {@linkplain ServerEventsOptions#setProbeTimeout probe timeout} of 0 it only
 * tells that the connection looked alive.
 */
public final class EventTimeoutException extends ServerEventsException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final String id;
  private final long timeout;

  /** For a wait on {@code name} and {@code id} that lasted {@code timeout} ms. */
  public EventTimeoutException(String name, String id, long timeout) {
    this(
        Cause.NO_EVENT,
        message("No event", name, id, timeout),
        Timeline.UNKNOWN,
        name,
        id,
        timeout);
  }

  private EventTimeoutException(
      Cause why, String message, Timeline timeline, String name, String id, long timeout) {
    super(504, why, message, null, timeline);
    this.name = name;
    this.id = id;
    this.timeout = timeout;
  }

  /** The same for a wait whose job no worker has claimed. */
  public static EventTimeoutException neverClaimed(String name, String id, long timeout) {
    return new EventTimeoutException(
        Cause.NEVER_CLAIMED,
        message("No worker claimed the job of", name, id, timeout),
        Timeline.UNKNOWN,
        name,
        id,
        timeout);
  }

  private static String message(String what, String name, String id, long timeout) {
    return "%s \"%s\" with id \"%s\" within its timeout of %d ms"
        .formatted(what, Printable.of(name), Printable.of(id), timeout);
  }

  @Override
  public EventTimeoutException at(Timeline timeline) {
    return new EventTimeoutException(
        cause(), String.valueOf(getMessage()), timeline, name, id, timeout);
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
