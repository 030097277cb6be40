package dev.serverevents.internal.client;

import dev.serverevents.internal.local.Deployments.Deployment;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams of one ServerEvents. Used on its context only, unless said otherwise. */
final class PendingStreams implements PendingStream.Owner {

  private final Home home;
  private final Set<PendingStream> all = new HashSet<>();

  PendingStreams(Home home) {
    this.home = home;
  }

  @Override
  public Home home() {
    return home;
  }

  /** Has a verticle listen for a stream, and lets its time run. */
  void start(PendingStream stream, Deployment verticle) {
    if (verticle.pending().enter()) {
      all.add(stream);
      stream.start(verticle);
    } else {
      refuse(stream, Endings.tooMany(verticle.options()));
    }
  }

  /** Ends a stream that cannot begin. */
  void refuse(PendingStream stream, Throwable cause) {
    home.metrics().streamEnded(cause);
    stream.reader().end(cause);
  }

  /** Called on any thread. */
  @Override
  public void end(PendingStream stream, @Nullable Throwable cause) {
    end(stream, cause, cause);
  }

  /** Called on any thread. */
  @Override
  public void close(PendingStream stream, @Nullable Throwable why) {
    end(stream, null, why);
  }

  private void end(PendingStream stream, @Nullable Throwable told, @Nullable Throwable counted) {
    home.run(
        () -> {
          if (all.remove(stream)) {
            stream.end(told);
            home.metrics().streamEnded(counted);
          }
        });
  }

  /** Ends all. */
  void endAll(Throwable cause) {
    Set.copyOf(all).forEach(stream -> end(stream, cause));
  }
}
