package dev.serverevents.internal.memory;

import dev.serverevents.Store;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The time of one connection, as the memory sees it. */
final class MemorySession implements Receiver {

  private final Store store;
  private final Lane pushes;
  private final LongSupplier slow;
  private final BiConsumer<String, Buffer> messages;
  private final Consumer<MemorySession> lost;
  private boolean isOver;

  /**
   * Begins one.
   *
   * @param pushes what is sent to its other end
   * @param slow how long a delivery takes, in ms
   * @param messages gets what is published
   * @param lost told when it is over
   */
  MemorySession(
      Store store,
      Lane pushes,
      LongSupplier slow,
      BiConsumer<String, Buffer> messages,
      Consumer<MemorySession> lost) {
    this.store = store;
    this.pushes = pushes;
    this.slow = slow;
    this.messages = messages;
    this.lost = lost;
  }

  /** Whether it publishes or subscribes. */
  Store store() {
    return store;
  }

  /** Has something arrive at the other end after so many ms, behind all that was sent there. */
  void push(long ms, Runnable arrival) {
    pushes.send(ms, arrival);
  }

  @Override
  public void receive(String channel, Buffer payload) {
    pushes.send(slow.getAsLong(), () -> messages.accept(channel, payload));
  }

  /** Whether it has ended; to be asked under the lock of the memory. */
  boolean isOver() {
    return isOver;
  }

  /** Ends it; what is still on its way is lost. */
  void end() {
    isOver = true;
    pushes.cut();
    pushes.send(0, () -> lost.accept(this));
  }
}
