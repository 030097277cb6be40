package dev.serverevents.internal.local;

import dev.serverevents.ServerEventsTracing;
import dev.serverevents.Timeline;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tracing of an application, whose exceptions do not disturb what is traced. */
public final class GuardedTracing implements ServerEventsTracing, Shareable {

  private static final String KEY = "tracing";

  private static final Logger LOG = LoggerFactory.getLogger(GuardedTracing.class);

  private final ServerEventsTracing tracing;
  private final AtomicBoolean told = new AtomicBoolean();

  private GuardedTracing(ServerEventsTracing tracing) {
    this.tracing = tracing;
  }

  /** See {@link ServerEventsTracing#set}. */
  public static void set(Vertx vertx, ServerEventsTracing tracing) {
    shared(vertx).put(KEY, new GuardedTracing(tracing));
  }

  /** See {@link ServerEventsTracing#of}; null where nothing traces. */
  public static @Nullable ServerEventsTracing of(Vertx vertx) {
    return shared(vertx).get(KEY);
  }

  private static LocalMap<String, GuardedTracing> shared(Vertx vertx) {
    return vertx.sharedData().getLocalMap("server-events.tracing");
  }

  private <T> T ask(Supplier<T> question, T otherwise) {
    try {
      return question.get();
    } catch (RuntimeException unexpected) {
      if (told.compareAndSet(false, true)) {
        LOG.error("The tracing failed; this is said once", unexpected);
      }
      return otherwise;
    }
  }

  private void tell(Runnable what) {
    ask(
        () -> {
          what.run();
          return true;
        },
        false);
  }

  private Span guarded(Supplier<Span> begin) {
    var span = ask(begin, Span.NONE);
    return span == Span.NONE ? span : new Guarded(span);
  }

  @Override
  public Span begin(Operation operation, String name, String id) {
    return guarded(() -> tracing.begin(operation, name, id));
  }

  @Override
  public Span work(String name, String id, Map<String, String> headers) {
    return guarded(() -> tracing.work(name, id, headers));
  }

  @Override
  public Map<String, String> logFields() {
    return ask(tracing::logFields, Map.of());
  }

  private final class Guarded implements Span {

    private final Span span;

    Guarded(Span span) {
      this.span = span;
    }

    @Override
    public Span begin(Operation operation) {
      return guarded(() -> span.begin(operation));
    }

    @Override
    public Map<String, String> headers() {
      return ask(span::headers, Map.of());
    }

    @Override
    public Map<String, String> claimHeaders() {
      return ask(span::claimHeaders, Map.of());
    }

    @Override
    public void claimed(Map<String, String> claimHeaders) {
      tell(() -> span.claimed(claimHeaders));
    }

    @Override
    public void worker(String id) {
      tell(() -> span.worker(id));
    }

    @Override
    public void receivers(int receivers) {
      tell(() -> span.receivers(receivers));
    }

    @Override
    public Runnable enter() {
      var leave = ask(span::enter, NONE.enter());
      return () -> tell(leave);
    }

    @Override
    public void enterContext() {
      tell(span::enterContext);
    }

    @Override
    public void end(@Nullable Throwable cause) {
      tell(() -> span.end(cause));
    }

    @Override
    public void end(Timeline timeline, @Nullable Throwable cause) {
      tell(() -> span.end(timeline, cause));
    }
  }
}
