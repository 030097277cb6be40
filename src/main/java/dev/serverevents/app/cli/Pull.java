package dev.serverevents.app.cli;

import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a thread that may block, for example while a pipe is full: what it has not
 * asked for is not fetched.
 */
final class Pull<T> {

  private final ReadStream<T> stream;

  /** At most one item and the end. */
  private final BlockingQueue<Future<@Nullable T>> queue = new LinkedBlockingQueue<>();

  Pull(ReadStream<T> stream) {
    this.stream = stream.pause();
    stream
        .exceptionHandler(cause -> queue.add(Future.failedFuture(cause)))
        .endHandler(end -> queue.add(Future.succeededFuture()))
        .handler(item -> queue.add(Future.succeededFuture(item)));
  }

  /** Returns the next item, or null at the end; throws what the stream fails with. */
  @Nullable T next() {
    stream.fetch(1);
    try {
      return queue.take().await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
