package dev.serverevents.internal.client;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Patience;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from its making to its end: it listens to the event and to the progress of its job,
 * and hands both to its reader. Used on its owner's context only.
 */
final class PendingStream {

  /** What it asks of the ServerEvents that it belongs to. */
  interface Owner {
    /** Where it lives. */
    Home home();

    /** It is to end, from either side; null where that is regular. */
    void end(PendingStream stream, @Nullable Throwable cause);

    /** Its reader wants no more; null where that is regular. */
    void close(PendingStream stream, @Nullable Throwable why);
  }

  private final Owner owner;
  private final EventKey key;
  private final @Nullable Long timeout;
  private final boolean retained;
  private final boolean follow;
  private final Part event;
  private final Part progress;
  private final StreamReader reader;

  private @Nullable Deployment verticle;
  private long timer = -1;
  private @Nullable Patience patience;

  /** The connection on which its event cannot have been missed so far, or 0. */
  private long unbroken;

  /** The connection of which the reader was told that something may have been missed before. */
  private long gap;

  /** The event that came last, which is not told again when it is found as kept. */
  private @Nullable Kept last;

  private volatile boolean ended;

  /**
   * Creates one.
   *
   * @param timeout in ms, or null for no end
   * @param caller where its handlers are called
   */
  PendingStream(
      Owner owner,
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
    reader = new StreamReader(caller, why -> owner.close(this, why));
  }

  StreamReader reader() {
    return reader;
  }

  EventKey key() {
    return key;
  }

  /** Has a verticle listen, and lets its time run. */
  void start(Deployment verticle) {
    this.verticle = verticle;
    var context = owner.home().context();
    if (timeout != null) {
      timer = context.setTimer(timeout, t -> settle(context));
    }
    for (var part : List.of(event, progress)) {
      verticle.commands().add(new Command.Listen(part));
    }
  }

  /** Its time is over: what is on its way counts. */
  private void settle(ContextInternal context) {
    if (verticle != null) {
      verticle.commands().add(new Command.Settle(event));
      patience =
          Patience.of(
              context,
              Patience.answerMs(verticle.options()),
              () -> event.settled(0, "Redis did not tell in time (probeTimeout)"));
    }
  }

  /** Frees what it holds, and tells its reader why it has ended; null where that is regular. */
  void end(@Nullable Throwable cause) {
    ended = true;
    owner.home().context().owner().cancelTimer(timer);
    if (patience != null) {
      patience.cancel();
    }
    if (verticle != null) {
      verticle.pending().leave();
      for (var part : List.of(event, progress)) {
        verticle.commands().add(new Command.Leave(part));
      }
    }
    reader.end(cause);
  }

  private void add(StreamEvent next, int bytes, boolean isLast) {
    reader.add(next, bytes);
    if (isLast) {
      owner.end(this, null);
    }
  }

  /** What a verticle sees of it: the event, or its job's progress. */
  final class Part implements Subscriber {

    private final boolean isProgress;

    /** The connection on which it is heard, or 0. */
    private long epoch;

    Part(boolean isProgress) {
      this.isProgress = isProgress;
    }

    @Override
    public Mailbox<Notice> notices() {
      return owner.home().notices();
    }

    @Override
    public String channel() {
      return isProgress ? WireFormat.progress(key) : key.channel();
    }

    @Override
    public boolean takes(EventKey other) {
      return key.equals(other);
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public boolean isEndless() {
      return timeout == null;
    }

    @Override
    public boolean isLossy() {
      return true;
    }

    @Override
    public @Nullable EventKey retainedKey() {
      return retained && !isProgress ? key : null;
    }

    @Override
    public boolean hasEnded() {
      return ended;
    }

    @Override
    public void subscribed(long now) {
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
        reader.add(new Gap(Gap.Reason.RECONNECTED), 0);
      }
      if (!isProgress && (unbroken == 0 || retained)) {
        unbroken = now;
      }
    }

    @Override
    public void lost() {
      epoch = LOST;
      if (!isProgress) {
        unbroken = LOST;
      }
    }

    @Override
    public void lookedUp(long now, @Nullable Kept kept) {
      subscribed(now);
      if (kept != null && (last == null || !kept.mayBe(last))) {
        arrived(kept.payload());
      }
    }

    @Override
    public void arrived(Payload payload) {
      if (ended) {
        return;
      }
      var bytes = payload.args().bytes();
      if (isProgress) {
        add(new StreamEvent.Progress(payload.args()), bytes, false);
        return;
      }
      last = new Kept(payload, Kept.UNDATED);
      var failure = payload.failure();
      add(
          failure == null
              ? new StreamEvent.Result(payload.args())
              : new StreamEvent.Failure(failure),
          bytes,
          !follow);
    }

    @Override
    public void missed() {
      reader.add(new Gap(Gap.Reason.SLOW_READER), 0);
    }

    @Override
    public void settled(long now, @Nullable String why) {
      var ms = timeout == null ? 0 : timeout;
      owner.end(
          PendingStream.this,
          now != 0 && unbroken == now
              ? new EventTimeoutException(key.name(), key.id(), ms)
              : Endings.unknown(key, ms, why));
    }

    @Override
    public void ended(Throwable cause) {
      owner.end(PendingStream.this, cause);
    }
  }
}
