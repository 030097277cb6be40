package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What many streams have still to be told holds up nobody else. */
@OnBothBackends
class ManyStreamsTest {

  private static final int MANY = 1_000;
  private static final long EACH_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private static void work() {
    var began = System.nanoTime();
    while (System.nanoTime() - began < EACH_NS) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aWaitAndAnEmitAreNotBehindTheEventsOfStreams(Server server) {
    server.deploy();
    var told = new AtomicInteger();
    var toldAtAnswer = Promise.<Integer>promise();
    var context = server.vertx().getOrCreateContext();
    var opened = Promise.<List<EventStream>>promise();
    context.runOnContext(
        turn -> {
          var events = ServerEvents.create(server.vertx());
          var streams = new ArrayList<EventStream>();
          for (var i = 0; i < MANY; i++) {
            var stream = events.stream("many", 1, StreamOptions.DEFAULT.follow(true));
            stream.handler(
                event -> {
                  work();
                  if (told.incrementAndGet() == 1) {
                    var wait = events.listen("other", 1);
                    wait.subscribed()
                        .compose(subscribed -> events.emit("other", 1))
                        .compose(emitted -> wait.future())
                        .onSuccess(args -> toldAtAnswer.tryComplete(told.get()))
                        .onFailure(toldAtAnswer::tryFail);
                  }
                });
            streams.add(stream);
          }
          Future.all(streams.stream().map(EventStream::subscribed).toList())
              .map(streams)
              .onComplete(opened);
        });
    var streams = result(opened.future());
    result(server.events().emitProgress("many", 1, "one"));
    assertThat(result(toldAtAnswer.future())).isLessThan(MANY);
    Await.until(() -> told.get() == MANY);
    streams.forEach(EventStream::close);
    Await.until(() -> server.broker().channels().isEmpty());
  }
}
