package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventStream;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.local.Unread;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The end of a stream from which its caller reads. What changes is used on its context. */
final class StreamReader implements EventStream {

  /** An event, and how many bytes its arguments have. */
  private record Queued(StreamEvent event, int bytes) {}

  private final ContextInternal context;
  private final Promise<Void> subscribed;
  private final Consumer<@Nullable Throwable> closeHandler;
  private final Deque<Queued> queue = new ArrayDeque<>();
  private final Unread.Reader unread;
  private boolean dropped;
  private long demand = Long.MAX_VALUE;
  private boolean delivering;
  private boolean ended;
  private boolean closed;
  private boolean isOver;
  private @Nullable Throwable cause;
  private @Nullable Handler<StreamEvent> handler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Handler<Void> endHandler;

  /**
   * Creates a reader without events.
   *
   * @param context where its handlers are called
   * @param closeHandler called when the caller closes it, with why if that is not regular
   */
  StreamReader(ContextInternal context, Consumer<@Nullable Throwable> closeHandler) {
    this.context = context;
    this.closeHandler = closeHandler;
    unread = Unread.of(context.owner()).reader();
    subscribed = context.promise();
  }

  /** Both parts of the stream are heard. */
  void confirm() {
    subscribed.tryComplete();
  }

  /** Adds an event, whose arguments have so many bytes. */
  void add(StreamEvent event, int size) {
    onContext(
        () -> {
          if (closed) {
            return;
          }
          queue.add(new Queued(event, size));
          unread.add(size);
          while (queue.size() > 1 && hasTooMuch()) {
            take();
            dropped = true;
          }
          deliver();
          if (!queue.isEmpty() && unread.hasTooMany()) {
            giveUp();
          }
        });
  }

  private boolean hasTooMuch() {
    return queue.size() > MAX_EVENTS || unread.bytes() > MAX_BYTES || unread.hasTooMany();
  }

  private Queued take() {
    var taken = queue.remove();
    unread.remove(taken.bytes());
    return taken;
  }

  /** Even the newest event alone is more than there is room for. */
  private void giveUp() {
    var why =
        new UnavailableException(
            Cause.LIMIT, "The reader of the stream is too slow, as others are (limits.unread)");
    discard();
    end(why);
    closeHandler.accept(why);
  }

  private void discard() {
    closed = true;
    while (!queue.isEmpty()) {
      take();
    }
  }

  /** Ends the stream, since nothing more comes; null where that is regular. */
  void end(@Nullable Throwable cause) {
    subscribed.tryFail(
        cause == null
            ? new WaitCancelledException(Cause.CANCELLED, "The stream was closed")
            : cause);
    onContext(
        () -> {
          if (isOver) {
            return;
          }
          isOver = true;
          ended = true;
          this.cause = cause;
          deliver();
        });
  }

  @Override
  public Future<Void> subscribed() {
    return subscribed.future();
  }

  @Override
  public void close() {
    onContext(this::discard);
    closeHandler.accept(null);
  }

  @Override
  public void cancel() {
    onContext(this::discard);
    closeHandler.accept(
        new WaitCancelledException(Cause.CLIENT_GONE, "The reader of the stream is gone"));
  }

  @Override
  public EventStream handler(@Nullable Handler<StreamEvent> handler) {
    return change(() -> this.handler = handler);
  }

  @Override
  public EventStream exceptionHandler(@Nullable Handler<Throwable> handler) {
    return change(() -> exceptionHandler = handler);
  }

  @Override
  public EventStream endHandler(@Nullable Handler<Void> handler) {
    return change(() -> endHandler = handler);
  }

  @Override
  public EventStream pause() {
    return change(() -> demand = 0);
  }

  @Override
  public EventStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public EventStream fetch(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("amount is " + amount + ": it must not be negative");
    }
    return change(() -> demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount);
  }

  private EventStream change(Runnable change) {
    onContext(
        () -> {
          change.run();
          deliver();
        });
    return this;
  }

  /** Runs an action at once if this is the context's thread. */
  private void onContext(Runnable action) {
    context.emit(action, Runnable::run);
  }

  /** Hands on as many events as are wanted. A handler may change how many that is. */
  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (demand > 0 && handler != null && !queue.isEmpty()) {
        demand -= demand == Long.MAX_VALUE ? 0 : 1;
        call(handler, next());
      }
      if (ended && queue.isEmpty()) {
        tellEnd();
      }
    } finally {
      delivering = false;
    }
  }

  private StreamEvent next() {
    if (dropped) {
      dropped = false;
      return new Gap(Gap.Reason.SLOW_READER);
    }
    return take().event();
  }

  /** Tells the end to the handler concerned, once there is one. */
  private void tellEnd() {
    var onError = exceptionHandler;
    var onEnd = endHandler;
    if (cause != null && onError != null) {
      ended = false;
      call(onError, cause);
    } else if (cause == null && onEnd != null) {
      ended = false;
      call(end -> onEnd.handle(null), this);
    }
  }

  /** Calls a handler, which gets the next event even if it throws. */
  private <T> void call(Handler<T> handler, T event) {
    try {
      handler.handle(event);
    } catch (Throwable thrown) { // as Vert.x does for handlers that it calls
      context.reportException(thrown);
    }
  }
}
