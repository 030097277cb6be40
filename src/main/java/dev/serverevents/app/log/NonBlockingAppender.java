package dev.serverevents.app.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has a thread of its own write, since an event loop must not wait for whoever reads the output: a
 * pipe that nobody empties, or a slow disk, would stop the server. What comes while the queue is
 * full is left out, and how much that was is told once there is room.
 */
public final class NonBlockingAppender extends AsyncAppender {

  private static final int QUEUE = 8_192;

  private final AtomicLong leftOut = new AtomicLong();

  /** Creates one, for Logback. */
  public NonBlockingAppender() {
    setQueueSize(QUEUE);
    setDiscardingThreshold(0); // what is less than a warning counts as much
    setNeverBlock(true);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (getRemainingCapacity() == 0) {
      leftOut.incrementAndGet();
      return;
    }
    var count = leftOut.getAndSet(0);
    if (count > 0) {
      super.append(told(count));
    }
    super.append(event);
  }

  private ILoggingEvent told(long count) {
    var logger = ((LoggerContext) getContext()).getLogger(NonBlockingAppender.class);
    var text = "{} lines before this one are left out: nobody reads what is logged fast enough";
    return new LoggingEvent("", logger, Level.WARN, text, null, new Object[] {count});
  }
}
