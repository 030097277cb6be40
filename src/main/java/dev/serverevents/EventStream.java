package dev.serverevents;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a job, and its event, as they come. It flows as soon as it has a handler; {@link
 * #pause} and {@link #fetch} hold it back. Since Redis cannot be held back, what is not taken is
 * kept, up to {@value #MAX_EVENTS} events and {@value #MAX_BYTES} bytes of arguments; beyond that
 * the oldest are dropped, and a {@link StreamEvent.Gap} stands in their place. The newest is never
 * dropped, so that the result comes. Where all streams of a Vert.x together hold more than {@link
 * LimitsOptions#getUnread()}, those that hold most keep less than that, and one whose newest event
 * alone is too much fails with an {@link UnavailableException}.
 *
 * <p>It ends once, when all that came before has been taken: with the end handler after the result
 * or the failure (unless it {@linkplain StreamOptions#follow follows}) and after {@link #close()};
 * or else with the exception handler, which gets what {@link ServerEvents#on} would fail with.
 */
public interface EventStream extends ReadStream<StreamEvent> {

  /** How many events are kept for a slow reader. */
  int MAX_EVENTS = 256;

  /** How many bytes of arguments are kept for a slow reader, unless one event alone has more. */
  int MAX_BYTES = 1 << 20;

  /**
   * Completes when Redis has confirmed the subscriptions: what is emitted from then on is heard.
   * Fails when the stream ends before.
   */
  Future<Void> subscribed();

  /**
   * Ends the stream and frees all it holds, also what has not been taken; does nothing when it has
   * ended already.
   */
  void close();

  /**
   * Ends the stream because nobody reads it any more: the same as {@link #close()}, but counted as
   * cancelled ({@link ServerEventsMetrics#streamEnded}).
   */
  void cancel();

  @Override
  EventStream exceptionHandler(@Nullable Handler<Throwable> handler);

  @Override
  EventStream handler(@Nullable Handler<StreamEvent> handler);

  @Override
  EventStream pause();

  @Override
  EventStream resume();

  @Override
  EventStream fetch(long amount);

  @Override
  EventStream endHandler(@Nullable Handler<Void> handler);
}
