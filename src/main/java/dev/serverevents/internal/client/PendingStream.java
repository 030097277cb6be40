package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNullElseGet;

import dev.serverevents.Cause;
import dev.serverevents.NoWorkerException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.StreamOptions;
import dev.serverevents.Timeline;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Course.WorkCourse;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.loop.Patience;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from its making to its end. A stream listens to the event and to the progress of its
 * job, and hands both to its reader. Used on its owner's context only.
 */
final class PendingStream implements StreamPart.Owner, Served.Guest {

  /** What a stream needs of the ServerEvents that it belongs to. */
  interface Owner {
    /** The home of the ServerEvents. */
    Home home();

    /** What is known of workers. */
    Workers workers();

    /** A stream is to end, from either side; null where that is regular. */
    void end(PendingStream stream, @Nullable Throwable cause);

    /** The reader of a stream wants no more; null where that is regular. */
    void close(PendingStream stream, @Nullable Throwable why);
  }

  private final Owner owner;
  private final EventKey key;
  private final @Nullable Long timeout;
  private final boolean needsWorker;
  private final EventPart event;
  private final ProgressPart progress;
  private final StreamReader reader;
  private final Span span;

  private @Nullable Deployment verticle;
  private final long since;
  private long timer = -1;

  /** When both parts were heard and when the last progress came, in ms from the start. */
  private @Nullable Long subscribed;

  private @Nullable Long progressed;
  private @Nullable Patience patience;
  private @Nullable Served served;
  private boolean isServed;

  /** What ends the stream unless its event is on its way, or null. */
  private @Nullable NoWorkerException noWorker;

  /** The epoch before which something may have been missed, as the reader was told, or 0. */
  private long gap;

  private volatile boolean ended;

  /**
   * Creates a stream that has not begun.
   *
   * @param timeout in ms, or null for no end
   * @param options how the stream listens, but for the timeout
   * @param caller the context on which the handlers of its reader are called
   */
  PendingStream(
      Owner owner,
      EventKey key,
      @Nullable Long timeout,
      StreamOptions options,
      ContextInternal caller) {
    this.owner = owner;
    this.key = key;
    this.timeout = timeout;
    needsWorker = options.needsWorker();
    since = owner.home().clock().nanoTime();
    span = owner.home().tracing().begin(Operation.STREAM, key.name(), key.id());
    event = new EventPart(this, options.retained(), options.follow());
    progress = new ProgressPart(this);
    reader = new StreamReader(caller, why -> owner.close(this, why));
  }

  StreamReader reader() {
    return reader;
  }

  @Override
  public Home home() {
    return owner.home();
  }

  @Override
  public EventKey key() {
    return key;
  }

  @Override
  public boolean isEndless() {
    return timeout == null;
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  /** Has a verticle listen, and lets its time run. */
  void start(Deployment verticle) {
    this.verticle = verticle;
    if (timeout != null) {
      timer = home().setTimer(timeout, () -> settle(verticle));
    }
    for (var part : List.of(event, progress)) {
      verticle.commands().add(new Command.Listen(part));
    }
    if (needsWorker) {
      served = owner.workers().serving(verticle, key.name(), this);
    }
  }

  /** Tells the reader once both parts are heard, and a worker is there if one is needed. */
  private void confirm() {
    if (event.wasHeard() && progress.wasHeard()) {
      subscribed = requireNonNullElseGet(subscribed, this::now);
      if (isServed || !needsWorker) {
        reader.confirm();
      }
    }
  }

  @Override
  public void served() {
    isServed = true;
    confirm();
  }

  /** What the last worker emitted may be on its way. */
  @Override
  public void noWorker() {
    if (noWorker == null) {
      noWorker = new NoWorkerException(key.name(), key.id());
      if (verticle != null && event.wasHeard()) {
        verticle.commands().add(new Command.Settle(event));
      } else {
        end(noWorker);
      }
    }
  }

  @Override
  public void notTold(Throwable cause) {
    end(cause);
  }

  /** The time of the stream is over: asks whether an event is on its way, which still counts. */
  private void settle(Deployment verticle) {
    verticle.commands().add(new Command.Settle(event));
    patience =
        Patience.of(
            home().context(),
            Patience.answerMs(verticle.options()),
            () -> settled(false, 0, Verdict.noAnswer()));
  }

  @Override
  public void settled(boolean wasHeard, long epoch, @Nullable Throwable why) {
    if (noWorker != null) {
      end(noWorker);
      return;
    }
    var ms = timeout == null ? 0 : timeout;
    end(wasHeard ? Verdict.timedOut(key, ms) : Verdict.unknown(key, ms, epoch, why));
  }

  @Override
  public void heard(long epoch, boolean isAgain) {
    confirm();
    if (isAgain && gap != epoch) {
      gap = epoch;
      add(new Gap(Gap.Reason.RECONNECTED), 0);
    }
  }

  @Override
  public void add(StreamEvent next, int bytes) {
    if (!ended) {
      if (next instanceof StreamEvent.Progress) {
        progressed = now();
      }
      reader.add(next, bytes);
    }
  }

  @Override
  public void end(@Nullable Throwable cause) {
    owner.end(this, cause);
  }

  /** Has it remembered how the stream ends, or that it was not begun. */
  void note(Cause cause, @Nullable String detail) {
    if (home().books().areOpen()) {
      home().books().streamEnded(course(cause, detail));
    }
  }

  private long now() {
    return TimeUnit.NANOSECONDS.toMillis(home().clock().nanoTime() - since);
  }

  @Override
  public Course course() {
    return course(null, null);
  }

  private Course course(@Nullable Cause cause, @Nullable String detail) {
    var work = new WorkCourse(Course.NEVER, null, ms(progressed), Course.NEVER);
    var ended = home().clock().nanoTime();
    return new Course(
        key,
        since,
        ms(subscribed),
        Course.NEVER,
        work,
        ended,
        verticle != null,
        cause,
        detail,
        null);
  }

  private static int ms(@Nullable Long time) {
    return time == null ? Course.NEVER : time.intValue();
  }

  private Timeline timeline() {
    return new Timeline(subscribed, null, null, null, progressed, null);
  }

  /** What became of the stream, as its span has it; null where it ended as it should. */
  void tellEnding(@Nullable Throwable cause) {
    if (span != Span.NONE) {
      span.end(timeline(), cause);
    }
  }

  /**
   * Frees what the stream holds, and tells its reader why it ends.
   *
   * @param cause what the reader is told, or null where the end is regular
   * @param why the same for the journal, where a reader may have wanted no more
   */
  void close(@Nullable Throwable cause, Cause why) {
    ended = true;
    note(why, cause == null ? null : Course.detail(cause));
    home().cancel(timer);
    if (patience != null) {
      patience.cancel();
    }
    if (served != null) {
      served.remove(this);
    }
    if (verticle != null) {
      verticle.pending().leave();
      for (var part : List.of(event, progress)) {
        verticle.commands().add(new Command.Leave(part));
      }
    }
    reader.end(cause instanceof ServerEventsException ours ? ours.at(timeline()) : cause);
  }
}
