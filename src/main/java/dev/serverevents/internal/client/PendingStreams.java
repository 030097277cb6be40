package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventStream;
import dev.serverevents.InvalidInputException;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.loop.Turns;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The streams of one ServerEvents. Used on its context only, unless said otherwise. */
final class PendingStreams implements PendingStream.Owner {

  private final Home home;
  private final Verticles verticles;
  private final Workers workers;
  private final Set<PendingStream> all = new HashSet<>();

  PendingStreams(Home home, Verticles verticles, Workers workers) {
    this.home = home;
    this.verticles = verticles;
    this.workers = workers;
  }

  @Override
  public Home home() {
    return home;
  }

  @Override
  public Workers workers() {
    return workers;
  }

  /** Opens a stream. Any thread may call it, for a caller on any context. */
  EventStream stream(Object name, Object id, StreamOptions options, ContextInternal caller) {
    try {
      Fields.present("options", options);
      var key = EventKey.of(name, id, verticles.limits());
      var timeout = verticles.checkedTimeout(options.timeout());
      var endless = options.follow() && options.timeout() == null;
      var stream = new PendingStream(this, key, endless ? null : timeout, options, caller);
      home.run(() -> start(stream));
      return stream.reader();
    } catch (InvalidInputException invalid) {
      var reader = new StreamReader(caller, closed -> {});
      reader.end(invalid);
      return reader;
    }
  }

  private void start(PendingStream stream) {
    home.metrics().streamBegan();
    try {
      var verticle = verticles.enter(stream.key());
      home.books().opened();
      all.add(stream);
      stream.start(verticle);
    } catch (UnavailableException refused) {
      home.metrics().streamEnded(refused);
      stream.tellEnding(refused);
      stream.note(refused.cause(), Course.detail(refused));
      stream.reader().end(refused);
    }
  }

  /** Called on any thread. */
  @Override
  public void end(PendingStream stream, @Nullable Throwable cause) {
    end(stream, cause, cause, Cause.of(cause));
  }

  /** Called on any thread. */
  @Override
  public void close(PendingStream stream, @Nullable Throwable why) {
    end(stream, null, why, why == null ? Cause.CANCELLED : Cause.of(why));
  }

  private void end(
      PendingStream stream, @Nullable Throwable told, @Nullable Throwable counted, Cause cause) {
    home.run(
        () -> {
          if (all.remove(stream)) {
            stream.close(told, cause);
            home.metrics().streamEnded(counted);
            stream.tellEnding(counted);
          }
        });
  }

  /** Does something with all streams that are open now, and completes after the last. */
  Future<Void> forEach(Consumer<PendingStream> action) {
    return Turns.forEach(home.context(), all, action);
  }

  /** Ends all streams. */
  void endAll(Throwable cause) {
    Set.copyOf(all).forEach(stream -> end(stream, cause));
  }
}
