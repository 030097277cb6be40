package dev.serverevents.internal.memory;

import dev.serverevents.Store;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The time of one connection, as the memory sees it. */
final class Session implements Receiver {

  private final MemoryServer server;
  private final Store store;
  private final Lane pushes;
  private final BiConsumer<String, Buffer> messages;
  private final Consumer<Session> lost;
  private boolean isOver;

  /**
   * Begins one.
   *
   * @param messages gets what is published
   * @param lost told when it is over
   */
  Session(
      MemoryServer server,
      Context context,
      Store store,
      BiConsumer<String, Buffer> messages,
      Consumer<Session> lost) {
    this.server = server;
    this.store = store;
    this.messages = messages;
    this.lost = lost;
    pushes = new Lane(context, server.clock());
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
    pushes.send(server.slow(), () -> messages.accept(channel, payload));
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
