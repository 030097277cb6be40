package dev.serverevents.web;

import dev.serverevents.internal.local.Unread;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;

/**
 * The bytes that are written to one client and have not left, which count as {@link Unread}. Used
 * on the context of its connection.
 */
final class Outgoing {

  private final Unread.Reader unread;
  private final BooleanSupplier queueFull;
  private final Runnable drained;
  private boolean wasFull;
  private boolean isClosed;

  /**
   * Creates an instance for a connection.
   *
   * @param queueFull whether the connection has as much to write as it should have
   * @param drained called when it was {@linkplain #isFull() found full} and is so no more
   */
  Outgoing(Vertx vertx, BooleanSupplier queueFull, Runnable drained) {
    unread = Unread.of(vertx).reader();
    this.queueFull = queueFull;
    this.drained = drained;
  }

  /**
   * Counts bytes until their write is done, or has failed as it does when the client is gone: then
   * there is no use in writing more.
   */
  void add(int bytes, Future<Void> write) {
    unread.add(bytes);
    write.onComplete(
        done -> {
          if (!isClosed) {
            unread.remove(bytes);
            if (done.succeeded()) {
              tellIfDrained();
            }
          }
        });
  }

  /** Forgets all bytes, since nothing tells when the writes of a closed connection are done. */
  void close() {
    isClosed = true;
    unread.remove(unread.bytes());
  }

  /** Whether all that was written has left. */
  boolean isEmpty() {
    return unread.bytes() == 0;
  }

  /** Whether nothing more should be written until it has drained. */
  boolean isFull() {
    var full = queueFull.getAsBoolean() || unread.hasTooMany();
    wasFull |= full;
    return full;
  }

  /** To be called also when the connection says that it has drained. */
  void tellIfDrained() {
    if (wasFull && !isFull()) {
      wasFull = false;
      drained.run();
    }
  }
}
