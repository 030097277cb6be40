package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.BlockedThreadLimit;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A wait has timed out only if nothing was published for it in time. */
@OnBothBackends
class ProvenTimeoutTest {

  private static final int MANY = 10_000;

  private static List<Request> publishAll(String name) {
    return IntStream.range(0, MANY)
        .mapToObj(
            id ->
                Request.cmd(Command.PUBLISH)
                    .arg(name + ":" + id)
                    .arg("[\"%s\",%d,%d]".formatted(name, id, id)))
        .toList();
  }

  private static void awaitMs(long from, long ms) {
    Await.until(() -> System.nanoTime() - from > TimeUnit.MILLISECONDS.toNanos(ms));
  }

  @Tag("long")
  @Test
  @OwnRedis
  @BlockedThreadLimit(60_000)
  @OnlyOnRedis("It is about what waits in a socket: the memory has none.")
  void whatIsInTheSocketBeforeTheDeadlineCountsThoughTheEventLoopIsHeldPastIt(Server server) {
    server.deploy();
    var began = System.nanoTime();
    var waits = Server.listen(server.events(), "held", MANY, WaitOptions.DEFAULT.timeout(8_000));
    var last = System.nanoTime();
    server.holdEventLoops(
        () -> {
          server.redis().transaction(publishAll("held"));
          assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(8));
          awaitMs(last, 8_100);
        });
    var answered = result(Future.join(waits.stream().map(EventWait::future).toList()));
    assertThat(answered.<EventArgs>list()).hasSize(MANY);
    server.undeploy();
  }

  @Test
  @OwnRedis
  @OnlyOnRedis("A connection swallows everything: in memory, it is there or broken.")
  void aConnectionThatIsSilentAtTheDeadlineProvesNothing(Server server) {
    try (var proxy = TcpProxy.before(server.redis())) {
      server.deploy(server.options().setConnectionString(proxy.url()));
      var events = server.events();
      var wait = events.listen("silent", 1, 500);
      var stream = events.stream("silent", 1, StreamOptions.DEFAULT.timeout(500));
      var end = io.vertx.core.Promise.<Void>promise();
      stream.exceptionHandler(end::fail).handler(event -> {});
      result(wait.subscribed());
      result(stream.subscribed());
      proxy.swallow();
      server.broker().publish("silent:1", "[\"silent\",1]");
      assertThat(failure(wait.future())).isInstanceOf(UnavailableException.class);
      assertThat(failure(end.future())).isInstanceOf(UnavailableException.class);
      server.undeploy();
    }
  }

  /** The negative control of the test before. */
  @Test
  @OwnRedis
  @OnlyOnRedis("A connection swallows everything: in memory, it is there or broken.")
  void withoutTheProbeASilentConnectionIsTakenForOneThatHeard(Server server) {
    try (var proxy = TcpProxy.before(server.redis())) {
      server.deploy(server.options().setConnectionString(proxy.url()).setProbeTimeout(0));
      var wait = server.events().listen("silent", 1, 500);
      result(wait.subscribed());
      proxy.swallow();
      server.broker().publish("silent:1", "[\"silent\",1]");
      assertThat(failure(wait.future())).isInstanceOf(EventTimeoutException.class);
      server.undeploy();
    }
  }

  @Test
  @OwnRedis
  @OnlyOnRedis("It counts the commands that Redis gets.")
  void waitsThatEndTogetherShareAProbe(Server server) {
    server.deploy(server.options().setHeartbeat(3_600_000));
    var events = server.events();
    var waits = Server.listen(events, "many", MANY, WaitOptions.DEFAULT.timeout(2_000));
    var before = server.redis().calls("publish");
    waits.forEach(
        wait -> assertThat(failure(wait.future())).isInstanceOf(EventTimeoutException.class));
    assertThat(server.redis().calls("publish") - before).isBetween(1L, MANY / 10L);
  }

  @Test
  @OwnRedis
  void aProbeThatIsRefusedLeavesItUnknownAndSaysWhy(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.listen("unknown", 1, 500);
    result(wait.subscribed());
    server.broker().refusePublish();
    assertThat(failure(wait.future()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("NOPERM");
    server.broker().permitPublish();
    assertThat(failure(events.on("known", 1, 500))).isInstanceOf(EventTimeoutException.class);
  }
}
