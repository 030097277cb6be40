package dev.serverevents.tracing;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.Timeline;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.vertx.core.internal.ContextInternal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A span of OpenTelemetry about an event. */
final class EventSpan implements Span {

  private static final AttributeKey<Long> RECEIVERS =
      AttributeKey.longKey("server_events.receivers");
  private static final AttributeKey<Long> FAILURE_CODE =
      AttributeKey.longKey("server_events.failure.code");

  private final OpenTelemetryTracing tracing;
  private final String name;
  private final String id;
  private final io.opentelemetry.api.trace.Span span;
  private final Context context;
  private final Instant since = Instant.now();

  /** The worker's span of the job that a wait is for, as far as that is known. */
  private volatile SpanContext claimant = SpanContext.getInvalid();

  EventSpan(
      OpenTelemetryTracing tracing,
      String name,
      String id,
      io.opentelemetry.api.trace.Span span,
      Context within) {
    this.tracing = tracing;
    this.name = name;
    this.id = id;
    this.span = span;
    context = within.with(span);
  }

  @Override
  public Span begin(Operation operation) {
    var begun = (EventSpan) tracing.begin(operation, name, id, context);
    if (operation == Operation.RECEIVE) {
      begun.link(claimant);
    }
    return begun;
  }

  private void link(SpanContext other) {
    if (other.isValid()) {
      span.addLink(other);
    }
  }

  @Override
  public Map<String, String> headers() {
    return tracing.headers(context);
  }

  @Override
  public Map<String, String> claimHeaders() {
    return TraceHeaders.of(W3CTraceContextPropagator.getInstance(), context);
  }

  @Override
  public void claimed(Map<String, String> claimHeaders) {
    var theirs =
        TraceHeaders.in(W3CTraceContextPropagator.getInstance(), Context.root(), claimHeaders);
    claimant = io.opentelemetry.api.trace.Span.fromContext(theirs).getSpanContext();
    link(claimant);
  }

  @Override
  public void worker(String worker) {
    span.setAttribute("messaging.client.id", worker);
  }

  @Override
  public void receivers(int receivers) {
    span.setAttribute(RECEIVERS, (long) receivers);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // who enters leaves
  public Runnable enter() {
    return context.makeCurrent()::close;
  }

  /**
   * The scope stays open where it ends with the context of Vert.x. Where it is kept with the
   * thread, the context below this one sees it as well, and it has to be closed.
   */
  @Override
  @SuppressWarnings("MustBeClosedChecker")
  public void enterContext() {
    var scope = context.makeCurrent();
    var below = ContextInternal.current().unwrap();
    below.dispatch(
        turn -> {
          if (Context.current() == context) {
            scope.close();
          }
        });
  }

  @Override
  public void end(Timeline timeline, @Nullable Throwable cause) {
    happened("subscribed", timeline.subscribed());
    happened("handed over", timeline.handedOver());
    happened("claimed", timeline.claimed());
    happened("progress", timeline.progress());
    happened("lost", timeline.lost());
    if (timeline.claimedBy() != null) {
      span.setAttribute("server_events.worker.id", timeline.claimedBy());
    }
    end(cause);
  }

  private void happened(String what, @Nullable Long ms) {
    if (ms != null) {
      span.addEvent(what, since.plusMillis(ms));
    }
  }

  /** Who gives up has not failed, but all else that is not the event has. */
  @Override
  public void end(@Nullable Throwable cause) {
    if (cause != null) {
      var why = Cause.of(cause);
      span.setAttribute("server_events.cause", why.word());
      if (cause instanceof EventFailureException failure) {
        span.setAttribute(FAILURE_CODE, (long) failure.code());
      }
      if (why != Cause.CANCELLED && why != Cause.CLIENT_GONE) {
        span.setAttribute("error.type", why.word());
        span.setStatus(StatusCode.ERROR, String.valueOf(cause.getMessage()));
      }
    }
    span.end();
  }
}
