package dev.serverevents.tracing;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.Timeline;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.vertx.core.internal.ContextInternal;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the spans of OpenTelemetry about events. */
final class EventSpans {

  private static final AttributeKey<Long> RECEIVERS =
      AttributeKey.longKey("server_events.receivers");
  private static final AttributeKey<Long> FAILURE_CODE =
      AttributeKey.longKey("server_events.failure.code");

  private final Tracer tracer;
  private final TextMapPropagator jobs;

  /**
   * Makes them with a tracer.
   *
   * @param jobs writes and reads the headers of jobs
   */
  EventSpans(Tracer tracer, TextMapPropagator jobs) {
    this.tracer = tracer;
    this.jobs = jobs;
  }

  /** Begins the work on a job within the trace that its headers belong to, if any. */
  Span work(String name, String id, Map<String, String> headers) {
    return begin(Operation.WORK, name, id, TraceHeaders.in(jobs, Context.root(), headers));
  }

  /** Begins a span within a context; a stream is in a trace of its own. */
  EventSpan begin(Operation operation, String name, String id, Context within) {
    var word = operation.name().toLowerCase(Locale.ROOT).replace('_', '-');
    var builder =
        tracer
            .spanBuilder(word + " " + name)
            .setSpanKind(kind(operation))
            .setAttribute("messaging.system", "redis")
            .setAttribute("messaging.operation.name", word)
            .setAttribute("messaging.destination.name", name)
            .setAttribute("messaging.message.conversation_id", id);
    type(operation, builder);
    if (operation == Operation.STREAM) {
      builder.setNoParent();
      builder.addLink(io.opentelemetry.api.trace.Span.fromContext(within).getSpanContext());
    } else {
      builder.setParent(within);
    }
    return new EventSpan(name, id, builder.startSpan(), within);
  }

  private static SpanKind kind(Operation operation) {
    return switch (operation) {
      case WAIT, STREAM -> SpanKind.INTERNAL;
      case RECEIVE -> SpanKind.CLIENT;
      case HAND_OVER, PUBLISH, PROGRESS -> SpanKind.PRODUCER;
      case WORK -> SpanKind.CONSUMER;
    };
  }

  private static void type(Operation operation, SpanBuilder builder) {
    var type =
        switch (operation) {
          case WAIT, STREAM -> null;
          case RECEIVE -> "receive";
          case HAND_OVER, PUBLISH, PROGRESS -> "send";
          case WORK -> "process";
        };
    if (type != null) {
      builder.setAttribute("messaging.operation.type", type);
    }
  }

  /** A span of OpenTelemetry about an event. */
  private final class EventSpan implements Span {

    private final String name;
    private final String id;
    private final io.opentelemetry.api.trace.Span span;
    private final Context context;
    private final Instant since = Instant.now();

    /** The worker's span of the job that a wait is for, as far as that is known. */
    private volatile SpanContext claimant = SpanContext.getInvalid();

    EventSpan(String name, String id, io.opentelemetry.api.trace.Span span, Context within) {
      this.name = name;
      this.id = id;
      this.span = span;
      context = within.with(span);
    }

    @Override
    public Span begin(Operation operation) {
      var begun = EventSpans.this.begin(operation, name, id, context);
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
      return TraceHeaders.of(jobs, context);
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
}
