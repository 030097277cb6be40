package dev.serverevents.internal.wire;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The names of channels and keys in Redis, but for the channel of an event, which is {@link
 * EventKey#channel()}. Each begins with {@code $}, as no name of an event does.
 */
public final class WireNames {

  private static final String INBOX = "$inbox:";
  private static final String PROGRESS = "$progress:";
  private static final String WORKER = "$worker:";
  private static final String SERVES = "$serves:";
  private static final String JOBS = "$jobs:";

  /** The channel on which servers ask all servers something. */
  public static final String SERVERS = "$servers";

  /** A name, and what tells one inbox from others. */
  private static final int MAX_INBOX = 2 * LimitsOptions.MAX_KEY;

  private WireNames() {}

  /** The channel of the progress of an event's job, beside the event's own. */
  public static String progress(EventKey key) {
    return PROGRESS + key.channel();
  }

  /** Tells whether a channel is that of the progress of some job. */
  public static boolean isProgress(String channel) {
    return channel.startsWith(PROGRESS);
  }

  /**
   * The channel on which a server hears its own heartbeats. No name begins as its second part does,
   * so that Redis can permit the inboxes of servers and those of a name apart.
   */
  public static String inbox(String serverId) {
    return INBOX + "$" + serverId;
  }

  /** A channel on which a server hears the replies, to it alone, of jobs of a name. */
  public static String inbox(String name, String id) {
    return INBOX + name + ":" + id;
  }

  /**
   * Checks a channel that a wait handed out for its reply.
   *
   * @throws InvalidInputException if it is no inbox
   */
  public static String checkInbox(String field, @Nullable Object value) {
    if (value instanceof String inbox && inbox.startsWith(INBOX) && inbox.length() <= MAX_INBOX) {
      return inbox;
    }
    throw new InvalidInputException(
        field, value, "must be a wait's replyTo, which begins with \"" + INBOX + "\"");
  }

  /** The channel of one worker, which it subscribes for as long as it lives. */
  public static String worker(String workerId) {
    return WORKER + workerId;
  }

  /** The channel that all workers subscribe which take jobs of a name. */
  public static String serves(String name) {
    return SERVES + name;
  }

  /**
   * The key of a list of jobs. With more of it behind, in the same slot, it is the key of what
   * belongs to the list.
   *
   * @throws InvalidInputException if the name of the list is empty or too long, has a lone
   *     surrogate, or begins with a brace that would leave the slot open
   */
  public static String jobs(String list) {
    var name = EventKey.text("name", list, LimitsOptions.MAX_KEY);
    if (name.startsWith("}")) {
      throw new InvalidInputException("name", name, "must not begin with \"}\"");
    }
    return JOBS + "{" + name + "}";
  }

  /** The key of an event that is kept for a time; its slot on a Redis Cluster is the channel's. */
  public static String retainedKey(EventKey key) {
    return "$retained:" + suffix(key);
  }

  /** The key of what became of an emit; its slot is that of what is kept with it. */
  public static String idempotencyKey(EventKey event, String key) {
    return "$idempotency:" + suffix(event) + ":" + key;
  }

  /** The length tells {@code a:b}+{@code c} from {@code a}+{@code b:c}, which share a channel. */
  private static String suffix(EventKey key) {
    var bytes = key.name().getBytes(StandardCharsets.UTF_8).length;
    return "{" + key.channel() + "}:" + bytes;
  }
}
