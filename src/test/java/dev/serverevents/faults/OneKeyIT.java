package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import dev.serverevents.EventStream;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.LongestTurn;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Very many who wait for one event, and very many events of one key. */
@ExtendWith(ServerExtension.class)
@Tag("long")
@Tag("alone")
class OneKeyIT {

  private static final String KEY = "one:1";

  private static List<EventWait> listen(ServerEvents events, int count, WaitOptions options) {
    var waits = new ArrayList<EventWait>();
    for (var i = 0; i < count; i++) {
      waits.add(events.listen("one", 1, options));
      if (i % 10_000 == 0) {
        result(waits.get(i).subscribed());
      }
    }
    result(Future.all(waits.stream().map(EventWait::subscribed).toList()));
    return waits;
  }

  private static void publish(TestRedis redis, int count, String payload) {
    var requests = Collections.nCopies(count, Request.cmd(Command.PUBLISH).arg(KEY).arg(payload));
    redis.pipeline(requests);
  }

  @Test
  @OwnRedis
  void oneLargeEventIsParsedOnceForAllWhoWaitForIt(Server server) {
    server.deploy();
    var waits = listen(server.events(), 2_000, WaitOptions.DEFAULT);
    var before = Figures.usedHeap();
    server.redis().command("PUBLISH", KEY, "[\"one\",1,\"%s\"]".formatted("x".repeat(1_000_000)));
    var read = new ArrayList<Object>();
    for (var wait : waits) {
      read.add(result(wait.future()).get(0));
    }
    var grown = Figures.usedHeap() - before;
    Figures.print("%,d KiB more for 2,000 readers of 1 MB".formatted(grown >> 10));
    assertThat(grown).isLessThan(100 << 20);
    assertThat(read).hasSize(2_000).allMatch(arg -> ((String) arg).length() == 1_000_000);
  }

  @Test
  @OwnRedis
  void veryManyRetainedWaitsOfOneKeyHoldNoEventLoop(Server server) {
    server.deploy();
    var events = server.events();
    var options = WaitOptions.DEFAULT.timeout(600_000).retained(true);
    var turns = LongestTurn.watch(server.vertx());
    var waits = listen(events, 100_000, options);
    server.watchFromNowOn();
    turns.restart();
    server.redis().command("CLIENT", "KILL", "TYPE", "pubsub");
    Await.until(() -> server.redis().channels().isEmpty());
    Await.until(() -> server.redis().channels().contains(KEY));
    result(events.emit("one", 1, "x"));
    var results = result(Future.all(waits.stream().map(EventWait::future).toList()));
    assertThat(results.<EventArgs>list()).hasSize(100_000);
    var longest = turns.stop();
    Figures.print("100,000 retained waits of one key: longest turn " + longest);
    assertThat(longest.cpuMs()).isLessThan(100);
  }

  @Test
  @OwnRedis({"--client-output-buffer-limit", "pubsub 0 0 0"})
  void aStormToOneKeyHoldsNoEventLoopAndNoTimer(Server server) {
    server.deploy();
    var events = server.events();
    var errors = new CopyOnWriteArrayList<Throwable>();
    events.onError((store, error) -> errors.add(error));
    var waits = listen(events, 1_000, WaitOptions.DEFAULT.timeout(600_000));
    var streams = new ArrayList<EventStream>();
    var heard = new AtomicLong();
    for (var i = 0; i < 1_000; i++) {
      var stream = events.stream("one", 1, StreamOptions.DEFAULT.follow(true));
      stream.handler(event -> heard.addAndGet(event instanceof StreamEvent.Gap ? 0 : 1));
      streams.add(stream);
    }
    for (var stream : streams) {
      result(stream.subscribed());
    }
    var before = Figures.usedHeap();
    var turns = LongestTurn.watch(server.vertx());
    server.watchFromNowOn();
    var began = System.nanoTime();
    publish(server.redis(), 1_000_000, "[\"one\",1]");
    var late = events.on("other", 1, 500);
    for (var wait : waits) {
      result(wait.future());
    }
    Await.failure(late);
    var pending = Figures.msSince(began);
    var grown = Figures.usedHeap() - before;
    result(events.emit("one", 1, "last"));
    Await.until(() -> heard.get() > 1_000);
    streams.forEach(EventStream::close);
    Await.until(() -> server.redis().channels().isEmpty());
    var longest = turns.stop();
    Figures.print(
        "1,000,000 events to 1,000 waits and 1,000 streams: longest turn %s, %,d KiB more, a wait of 500 ms ended by %d ms after the storm began, %,d events heard"
            .formatted(longest, grown >> 10, pending, heard.get()));
    assertThat(longest.cpuMs()).isLessThan(100);
    assertThat(errors).as("connections that broke").isEmpty();
    assertThat(grown).isLessThan(200 << 20);
  }
}
