package dev.serverevents.bus;

import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventKey;
import dev.serverevents.StreamEvent;
import dev.serverevents.bus.Deployments.Deployment;
import dev.serverevents.redis.WireFormat;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from its making to its end: it listens to the event and to the progress of its job,
 * and hands both to its reader. Used on its owner's context only.
 */
final class PendingStream {

  private final BusServerEvents owner;
  private final EventKey key;
  private final @Nullable Long timeout;
  private final boolean retained;
  private final boolean follow;
  private final Part event;
  private final Part progress;
  private final StreamReader reader;

  private @Nullable Deployment verticle;
  private long timer = -1;

  /** The connection on which its event cannot have been missed so far, or 0. */
  private long unbroken;

  /** The connection of which the reader was told that something may have been missed before. */
  private long gap;

  private boolean ended;

  /**
   * Creates one.
   *
   * @param timeout in ms, or null for no end
   * @param caller where its handlers are called
   */
  PendingStream(
      BusServerEvents owner,
      EventKey key,
      @Nullable Long timeout,
      boolean retained,
      boolean follow,
      ContextInternal caller) {
    this.owner = owner;
    this.key = key;
    this.timeout = timeout;
    this.retained = retained;
    this.follow = follow;
    event = new Part(false);
    progress = new Part(true);
    reader = new StreamReader(caller, () -> owner.end(this, null));
  }

  StreamReader reader() {
    return reader;
  }

  EventKey key() {
    return key;
  }

  /** What it asks a verticle to listen to. */
  List<Pending> parts() {
    return List.of(event, progress);
  }

  /** The verticle that was asked, or null. */
  @Nullable Deployment verticle() {
    return verticle;
  }

  /** Lets its time run. */
  void start(Deployment verticle, ContextInternal context) {
    this.verticle = verticle;
    if (timeout != null) {
      timer = context.setTimer(timeout, t -> owner.timeOut(this));
    }
  }

  /** What it ends with when its time is over. */
  Throwable timedOut(PendingWaits waits) {
    var address = verticle == null ? "" : verticle.address();
    return waits.timedOut(key, timeout == null ? 0 : timeout, address, unbroken);
  }

  /** Tells its reader why it has ended; null where that is as it should be. */
  boolean end(ContextInternal context, @Nullable Throwable cause) {
    if (ended) {
      return false;
    }
    ended = true;
    context.owner().cancelTimer(timer);
    reader.end(cause);
    return true;
  }

  private void add(StreamEvent next, boolean last) {
    reader.add(next);
    if (last) {
      owner.end(this, null);
    }
  }

  /** What a verticle sees of it: the event, or its job's progress. */
  final class Part extends Pending {

    private final boolean isProgress;

    /** The connection on which it is heard, or 0. */
    private long epoch;

    Part(boolean isProgress) {
      super(PendingStream.this.owner, PendingStream.this.key, !isProgress && retained);
      this.isProgress = isProgress;
    }

    @Override
    public String channel() {
      return isProgress ? WireFormat.progress(key()) : super.channel();
    }

    @Override
    public boolean lasting() {
      return true;
    }

    @Override
    public boolean endless() {
      return timeout == null;
    }

    @Override
    public boolean progress() {
      return isProgress;
    }

    @Override
    void subscribed(long now) {
      if (ended) {
        return;
      }
      var before = epoch;
      epoch = now;
      if (event.epoch != 0 && progress.epoch != 0) {
        reader.confirm();
      }
      if (before != 0 && before != now && gap != now) {
        gap = now;
        reader.add(new StreamEvent.Gap(StreamEvent.Gap.Reason.RECONNECTED));
      }
      if (!isProgress && (unbroken == 0 || retained)) {
        unbroken = now;
      }
    }

    @Override
    void lost() {
      epoch = LOST;
      if (!isProgress) {
        unbroken = LOST;
      }
    }

    @Override
    void arrived(EventArgs args) {
      if (!ended && isProgress) {
        add(new StreamEvent.Progress(args), false);
      } else if (!ended) {
        add(new StreamEvent.Result(args), !follow);
      }
    }

    @Override
    void ended(Throwable cause) {
      if (!ended && cause instanceof EventFailureException failure) {
        add(new StreamEvent.Failure(failure), !follow);
      } else {
        owner.end(PendingStream.this, cause);
      }
    }
  }
}
