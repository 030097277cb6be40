package dev.serverevents;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.internal.local.GuardedTracing;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Is told what begins and ends, so that it can be traced; {@code dev.serverevents.tracing} does it
 * with OpenTelemetry. It is called on any thread, mostly on event loops, and must be quick and
 * thread-safe.
 */
public interface ServerEventsTracing {

  /** Traces nothing. */
  ServerEventsTracing NONE = new ServerEventsTracing() {};

  /** What a span is the time of. */
  enum Operation {
    /** A wait, from its start to its end. */
    WAIT,
    /** The hand-over of a request's job, within its wait. */
    HAND_OVER,
    /** The arrival of the event that ends a wait, within it. */
    RECEIVE,
    /** A stream, which may last for ever. */
    STREAM,
    /** An emit, until Redis has it. */
    PUBLISH,
    /** The same of a job's progress. */
    PROGRESS,
    /** A worker's job, from when it was taken until its result is emitted. */
    WORK
  }

  /** An operation that is under way. */
  interface Span {

    /** One that nobody traces. */
    Span NONE = new Span() {};

    /** Begins an operation within this one, about the same event. */
    default Span begin(Operation operation) {
      return NONE;
    }

    /** The headers by which a worker goes on with the trace, in the job that it is given. */
    default Map<String, String> headers() {
      return Map.of();
    }

    /** The headers that refer to this span in a claim. */
    default Map<String, String> claimHeaders() {
      return Map.of();
    }

    /** A worker has claimed the job of a wait, with the headers that its claim has. */
    default void claimed(Map<String, String> claimHeaders) {}

    /** The id of the worker that does a job. */
    default void worker(String id) {}

    /** How many connections received what was emitted, as {@link ServerEvents#emit} returns it. */
    default void receivers(int receivers) {}

    /**
     * What begins on this thread is within this span, until what it returns is run, on the same
     * thread.
     */
    default Runnable enter() {
      return () -> {};
    }

    /**
     * What begins on the context of Vert.x on which this is called is within this span from now on,
     * if that is kept with contexts and not with threads. Nothing else uses that context.
     */
    default void enterContext() {}

    /** Does something within this span. */
    default <T> T within(Supplier<T> action) {
      var leave = enter();
      try {
        return action.get();
      } finally {
        leave.run();
      }
    }

    /** The operation has ended: with a failure, or null when it ended as it should. */
    default void end(@Nullable Throwable cause) {}

    /** The same of a wait or a stream, of which it is known what became of it. */
    default void end(Timeline timeline, @Nullable Throwable cause) {
      end(cause);
    }
  }

  /** Begins an operation about an event within what is under way on this thread. */
  default Span begin(Operation operation, String name, String id) {
    return Span.NONE;
  }

  /** Begins the work on a job within the trace that its headers belong to, if any. */
  default Span work(String name, String id, Map<String, String> headers) {
    return Span.NONE;
  }

  /** What a line of the log has about the span that is under way on this thread. */
  default Map<String, String> logFields() {
    return Map.of();
  }

  /**
   * Sets what traces on a Vert.x: all that is deployed or created there from now on. What it throws
   * is logged once, and disturbs nothing.
   */
  static void set(Vertx vertx, ServerEventsTracing tracing) {
    GuardedTracing.set(vertx, tracing);
  }

  /** What traces on a Vert.x. */
  static ServerEventsTracing of(Vertx vertx) {
    return requireNonNullElse(GuardedTracing.of(vertx), NONE);
  }
}
