package dev.serverevents.testkit;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that one kit after another uses, since its thread takes longer to start and to end
 * than most tests do. It ends with the JVM. One on which a test has left something is used no more.
 */
final class TestLoop extends SingleThreadIoEventLoop {

  private static final int NONE = -1;
  private static final Queue<TestLoop> IDLE = new ConcurrentLinkedQueue<>();

  private TestLoop(ThreadFactory threads, IoHandlerFactory handlers) {
    super(
        null,
        task -> {
          var thread = threads.newThread(task);
          thread.setDaemon(true);
          return thread;
        },
        handlers);
  }

  /** One that nobody uses; a new one if there is none. */
  static TestLoop take(ThreadFactory threads, IoHandlerFactory handlers) {
    @Nullable TestLoop idle = IDLE.poll();
    return idle == null ? new TestLoop(threads, handlers) : idle;
  }

  /** Lets another kit use it, or ends it. */
  void giveBack() {
    execute(
        () -> {
          if (nextScheduledTaskDeadlineNanos() == NONE
              && getNumOfRegisteredChannels() == 0
              && pendingTasks() == 0) {
            IDLE.add(this);
          } else {
            var unused = super.shutdownGracefully(0, 0, TimeUnit.SECONDS);
          }
        });
  }

  /** A Vert.x that is closed does not end it. */
  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    return newSucceededFuture(null);
  }
}
