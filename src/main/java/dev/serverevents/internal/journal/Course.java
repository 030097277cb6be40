package dev.serverevents.internal.journal;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.internal.wire.EventKey;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What became of a wait or a stream, until now or until its end. It is one entry in the place of a
 * step for each thing that happened, since most waits are remembered and hardly any is asked for.
 *
 * @param key the event that was waited for
 * @param since when it was made, a time of the clock in ns
 * @param subscribed when it was heard for the first time, in ms from then, or {@link #NEVER}
 * @param handedOver when its job was handed over, likewise
 * @param work what is known of the work on it, or null if nobody wanted to know
 * @param ended when it ended, a time of the clock in ns; of no meaning while it is pending
 * @param began whether a verticle took it
 * @param cause why it ended, or null if it is pending
 * @param detail more about the end, in words, or null
 * @param args what came, or null where that is not kept
 */
public record Course(
    EventKey key,
    long since,
    int subscribed,
    int handedOver,
    @Nullable WorkCourse work,
    long ended,
    boolean began,
    @Nullable Cause cause,
    @Nullable String detail,
    @Nullable EventArgs args)
    implements Entry {

  /** Stands for the time of what has not happened. */
  public static final int NEVER = -1;

  private static final int MAX_DETAIL = 200;

  /**
   * What became of the work on it: when what happened, in ms from its start, or {@link #NEVER}.
   *
   * @param claimed when a worker claimed the job
   * @param claimedBy the id of that worker, or null
   * @param progress when the job was last said to have got on
   * @param lost when the worker was found to be gone
   */
  public record WorkCourse(int claimed, @Nullable String claimedBy, int progress, int lost) {}

  /** What a failure says, cut to what is remembered of it. */
  public static @Nullable String detail(Throwable failure) {
    var message = failure.getMessage();
    return message == null || message.length() <= MAX_DETAIL
        ? message
        : message.substring(0, MAX_DETAIL) + "…";
  }

  /** Whether it was pending at a time of the clock in ns; {@code now} is another one. */
  public boolean spans(long at, long now) {
    var end = cause == null ? now : ended;
    return at - since >= 0 && end - at >= 0;
  }

  private long at(int ms) {
    return since + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  /** Gives the steps that it stands for. */
  public void steps(Consumer<Step> to) {
    if (began) {
      to.accept(new Step(since, key, What.WAITING, null));
    }
    add(to, subscribed, What.SUBSCRIBED, null);
    add(to, handedOver, What.HANDED_OVER, null);
    if (work != null) {
      var by = work.claimedBy == null ? null : "worker " + work.claimedBy;
      add(to, work.claimed, What.CLAIMED, by);
      add(to, work.progress, What.PROGRESS, by);
      if (work.lost >= work.claimed) { // else it was one that had the job before
        add(to, work.lost, What.WORKER_LOST, by);
      }
    }
    if (cause != null) {
      to.accept(new Step(ended, key, What.end(cause, began), detail, cause, args));
    }
  }

  private void add(Consumer<Step> to, int ms, What what, @Nullable String detail) {
    if (ms != NEVER) {
      to.accept(new Step(at(ms), key, what, detail));
    }
  }
}
