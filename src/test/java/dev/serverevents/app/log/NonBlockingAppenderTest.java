package dev.serverevents.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import dev.serverevents.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class NonBlockingAppenderTest {

  /** Writes nothing until it is let. */
  private static final class StuckAppender extends AppenderBase<ILoggingEvent> {

    private final CountDownLatch stuck = new CountDownLatch(1);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      try {
        stuck.await();
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
      lines.add(event.getFormattedMessage());
    }
  }

  @Test
  void whatIsLoggedWhileNobodyReadsIsLeftOutAndCounted() {
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    var output = new StuckAppender();
    output.setContext(context);
    output.start();
    var appender = new NonBlockingAppender();
    appender.setContext(context);
    appender.addAppender(output);
    appender.start();
    var logger = context.getLogger("test");
    logger.addAppender(appender);

    for (var i = 0; i < 20_000; i++) {
      logger.info("line {}", i);
    }
    output.stuck.countDown();
    Await.until(() -> appender.getNumberOfElementsInQueue() == 0);
    logger.info("and on");
    Await.until(() -> output.lines.contains("and on"));

    var written = output.lines.stream().filter(line -> line.startsWith("line")).count();
    assertThat(written).isBetween((long) appender.getQueueSize(), 2L * appender.getQueueSize());
    assertThat(output.lines.get(output.lines.size() - 2))
        .startsWith(20_000 - written + " lines before this one are left out");
    context.stop();
  }
}
