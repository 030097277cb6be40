package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestBroker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked for while Redis is away. */
@OnBothBackends
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AwayRedisTest {

  private TestBroker.Link link;

  private ServerEvents deploy(Server server, ServerEventsOptions options) {
    link = server.broker().link();
    server.deploy(link.lead(options));
    return server.events();
  }

  private void cut(ServerEvents events) {
    link.cut();
    Await.until(() -> !events.isReady());
  }

  @AfterEach
  void closeTheLink() {
    if (link != null) {
      link.mend();
      link.close();
    }
  }

  @Test
  void aWaitMadeThenIsSubscribedOnReconnect(Server server) {
    var events = deploy(server, server.options());
    cut(events);
    var wait = events.listen("away", 1, 30_000);
    assertThat(wait.subscribed().isComplete()).isFalse();
    link.mend();
    result(wait.subscribed());
    result(events.emit("away", 1, "back"));
    assertThat(result(wait.future()).get(0)).isEqualTo("back");
    server.undeploy();
  }

  @Test
  void aWaitWhoseTimeEndsThenIsUnavailableAndOneThatListenedHasTimedOut(Server server) {
    var events = deploy(server, server.options());
    assertThat(failure(events.on("heard", 1, 500))).isInstanceOf(EventTimeoutException.class);
    var caught = events.listen("caught", 1, 1_000);
    result(caught.subscribed());
    cut(events);
    assertThat(failure(events.on("made", 1, 50)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage(
            "No event \"made\" with id \"1\" was heard in 50 ms, but the connection to Redis was"
                + " not up all the time");
    assertThat(failure(caught.future())).isInstanceOf(UnavailableException.class);
    server.undeploy();
  }

  @Test
  void aWaitThatHadAGapIsUnavailableUnlessItIsRetained(Server server) {
    var events = deploy(server, server.options());
    var options = WaitOptions.DEFAULT.timeout(2_000);
    var plain = events.listen("gap", 1, options);
    var retained = events.listen("gap", 2, options.retained(true));
    result(Future.all(plain.subscribed(), retained.subscribed()));
    cut(events);
    link.mend();
    Await.until(events::isReady);
    assertThat(failure(plain.future())).isInstanceOf(UnavailableException.class);
    assertThat(failure(retained.future())).isInstanceOf(EventTimeoutException.class);
    server.undeploy();
  }

  @Test
  @OnlyOnRedis("One server of several is cut off: in memory, all connections break at once.")
  void emitsAreQueuedAndSentInTheirOrderOnReconnect(Server api, Server worker) {
    api.deploy();
    var wait = api.events().listen("queued", 9);
    result(wait.subscribed());
    var events = deploy(worker, worker.options());
    cut(events);
    var emits = IntStream.range(0, 10).mapToObj(i -> events.emit("queued", i, i)).toList();
    assertThat(emits).noneMatch(Future::isComplete);
    link.mend();
    assertThat(result(Future.all(emits)).<Integer>list())
        .isEqualTo(List.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    assertThat(result(wait.future()).get(0)).isEqualTo(9);
    worker.undeploy();
  }

  @Test
  void anEmitThatCannotGoOutInTimeFailsAndSaysWhy(Server server) {
    var events = deploy(server, server.options().setEmitTimeout(200));
    cut(events);
    assertThat(failure(events.emit("late", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Not emitted within 200 ms (emitTimeout): " + server.broker().name());
    server.undeploy();
  }

  @Test
  void aFullQueueRefusesTheNextEmit(Server server) {
    var limits = new LimitsOptions().setEmitQueue(2);
    var events = deploy(server, server.options().setLimits(limits));
    cut(events);
    var kept = List.of(events.emit("full", 1), events.emit("full", 2));
    assertThat(failure(events.emit("full", 3)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("Not emitted: 2 emits are queued already (limits.emitQueue)");
    link.mend();
    result(Future.all(kept));
    server.undeploy();
  }

  @Test
  void aQueueThatIsFullByItsBytesRefusesTheNextEmit(Server server) {
    var limits = new LimitsOptions().setEmitQueueBytes(2_000);
    var events = deploy(server, server.options().setLimits(limits));
    cut(events);
    var large = "x".repeat(1_500);
    var kept = events.emit("full", 1, large);
    assertThat(failure(events.emit("full", 2, large)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage(
            "Not emitted: with its 1513 bytes, 3026 would be queued (limits.emitQueueBytes)");
    link.mend();
    result(kept);
    result(events.emit("full", 3, large)); // what has gone out counts no more
    result(events.emit("full", 4, "x".repeat(3_000))); // one alone has room
    server.undeploy();
  }

  @Test
  @OnlyOnRedis("A connection swallows everything: in memory, it is there or broken.")
  void anEmitThatWasWrittenAndNotAnsweredFailsAsAmbiguousAndIsSentAgainIfRetained(Server server) {
    var proxy = TcpProxy.before(server.redis());
    server.deploy(server.options().setHeartbeat(500).setConnectionString(proxy.url()));
    var events = server.events();
    proxy.swallow();
    var plain = events.emit("written", 1);
    var retained = events.emit(EmitOptions.retain(Duration.ofSeconds(5)), "written", 2);
    assertThat(failure(plain))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("may have been delivered or not");
    assertThat(result(retained)).isZero();
    assertThat(server.broker().exists("$retained:{written:2}:7")).isTrue();
    server.undeploy();
    proxy.close();
  }

  @Test
  void queuedEmitsOfAVerticleThatIsUndeployedFail(Server server) {
    var limits = new LimitsOptions().setEmitQueue(1);
    var events = deploy(server, server.options().setLimits(limits));
    cut(events);
    var emit = events.emit("left", 1);
    assertThat(failure(events.emit("left", 2))).hasMessageContaining("are queued already");
    server.undeploy();
    assertThat(failure(emit))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("Not emitted: the ServerEventsVerticle was undeployed");
  }
}
