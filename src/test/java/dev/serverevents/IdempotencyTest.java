package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TcpProxy;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@OnBothBackends
class IdempotencyTest {

  private static final EmitOptions ONCE = EmitOptions.DEFAULT.idempotencyKey("job-1");

  /** What is published, as any subscriber sees it. */
  private static List<String> published(Server server) {
    var all = new CopyOnWriteArrayList<String>();
    var stream = server.events().stream("pi", 1, StreamOptions.DEFAULT.follow(true));
    result(stream.subscribed());
    stream.handler(event -> all.add(event.toJson().encode()));
    return all;
  }

  @Test
  void theSameKeyEmitsOnceAndGetsTheFirstResultOnAnyServer(Server one, Server two) {
    one.deploy();
    two.deploy();
    var published = published(one);
    assertThat(result(one.events().emit(ONCE, "pi", 1, 3))).isEqualTo(1);
    var wait = two.events().listen("pi", 1, 300);
    result(wait.subscribed());
    assertThat(result(two.events().emit(ONCE, "pi", 1, 3))).isEqualTo(1);
    assertThat(failure(wait.future())).isInstanceOf(EventTimeoutException.class);
    assertThat(published).hasSize(1);
    var ttl = one.broker().ttl("$idempotency:{pi:1}:2:job-1");
    assertThat(ttl).isBetween(86_300_000L, EmitOptions.IDEMPOTENCY.toMillis());
    one.undeploy();
  }

  @Test
  void theSameKeyWithOtherContentIsRefused(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emit(ONCE, "pi", 1, 3));
    var kept = EmitOptions.retain(Duration.ofMinutes(1)).idempotencyKey("job-1");
    for (var other : List.of(events.emit(ONCE, "pi", 1, 4), events.emit(kept, "pi", 1, 3))) {
      assertThat(failure(other))
          .isInstanceOfSatisfying(
              IdempotencyException.class, refused -> assertThat(refused.status()).isEqualTo(422))
          .hasMessageContaining("job-1");
    }
    assertThat(result(events.emit(ONCE, "pi", 2, 4))).isZero();
  }

  @Test
  void whileTheFirstIsUnderWayAnotherIsTold(Server server) {
    try (var link = server.broker().link()) {
      server.deploy(link.lead(server.options()).setEmitTimeout(60_000));
      var events = server.events();
      link.cut();
      var first = events.emit(ONCE, "pi", 1, 3);
      assertThat(failure(events.emit(ONCE, "pi", 1, 3)))
          .isInstanceOfSatisfying(
              IdempotencyException.class, refused -> assertThat(refused.status()).isEqualTo(409));
      assertThat(failure(events.emit(ONCE, "pi", 1, 4)))
          .isInstanceOfSatisfying(
              IdempotencyException.class, refused -> assertThat(refused.status()).isEqualTo(422));
      link.mend();
      assertThat(result(first)).isZero();
      assertThat(result(events.emit(ONCE, "pi", 1, 3))).isZero();
      server.undeploy();
    }
  }

  @Test
  void ofManyAtOnceOnTwoServersOneIsEmitted(Server one, Server two) {
    one.deploy();
    two.deploy();
    var published = published(one);
    var emits =
        IntStream.range(0, 100)
            .mapToObj(i -> (i % 2 == 0 ? one : two).events().emit(ONCE, "pi", 1, 3))
            .toList();
    result(Future.join(emits).otherwiseEmpty());
    assertThat(emits.stream().filter(Future::succeeded)).isNotEmpty();
    emits.forEach(
        emit -> {
          if (emit.succeeded()) {
            assertThat(emit.result()).isEqualTo(1);
          } else {
            assertThat(emit.cause()).isInstanceOf(IdempotencyException.class);
          }
        });
    assertThat(result(two.events().emit(ONCE, "pi", 1, 3))).isEqualTo(1);
    Await.until(() -> published.size() == 1);
    one.undeploy();
  }

  @Test
  void itIsKeptAsWellWhereThatIsAsked(Server server) {
    server.deploy();
    var kept = EmitOptions.retain(Duration.ofMinutes(1)).idempotencyKey("k");
    result(server.events().emit(kept, "pi", 1, 3));
    var found = server.events().on("pi", 1, WaitOptions.DEFAULT.retained(true));
    assertThat(result(found).get(0)).isEqualTo(3);
  }

  @Test
  @OwnRedis({})
  @OnlyOnRedis("A connection swallows what Redis answers: in memory, it is there or broken.")
  void beforeAndAfterABrokenConnectionItIsEmittedOnce(Server server) {
    try (var proxy = TcpProxy.before(server.redis())) {
      server.deploy(server.options().setConnectionString(proxy.url()).setEmitTimeout(60_000));
      result(server.events().emit(ONCE, "pi", 0)); // the function is there from now on
      proxy.swallowAnswers();
      var emit = server.events().emit(ONCE, "pi", 1, 3);
      Await.until(
          () -> server.redis().command("EXISTS", "$idempotency:{pi:1}:2:job-1").toInteger() == 1);
      proxy.cut();
      proxy.mend();
      assertThat(result(emit)).isZero();
      server.undeploy();
    }
  }

  @Test
  @OwnRedis({})
  @OnlyOnRedis("It is about a function that is loaded into Redis.")
  void theFunctionIsLoadedWhereItIsMissingAndAgainAfterItWasTakenAway(Server one, Server two) {
    one.deploy();
    two.deploy();
    for (var id = 1; id <= 2; id++) {
      var emits = new ArrayList<Future<Integer>>();
      for (var i = 0; i < 50; i++) {
        var once = EmitOptions.DEFAULT.idempotencyKey("job-" + i);
        emits.add(one.events().emit(once, "pi", id, i));
        emits.add(two.events().emit(once, "e", id, i));
      }
      assertThat(result(Future.all(emits)).<Integer>list()).containsOnly(0);
      assertThat(one.redis().command("FUNCTION", "LIST").size()).isEqualTo(1);
      one.redis().command("FUNCTION", "FLUSH");
    }
    one.undeploy();
    two.undeploy();
  }

  @Test
  @OwnRedis({})
  @OnlyOnRedis("It is about a function that is loaded into Redis.")
  void aFunctionThatIsMissingFailsNoneOfWhatIsSentWithIt(Server server) {
    server.deploy();
    var all = new CopyOnWriteArrayList<Future<Integer>>();
    server
        .vertx()
        .runOnContext(
            oneTurn -> {
              for (var i = 0; i < 10; i++) {
                all.add(server.events().emit(ONCE, "pi", i));
                all.add(server.events().emit("pi", i));
                all.add(server.events().emit(EmitOptions.retain(Duration.ofMinutes(1)), "pi", i));
              }
            });
    Await.until(() -> all.size() == 30);
    assertThat(result(Future.all(List.copyOf(all))).<Integer>list()).allMatch(n -> n <= 0);
  }

  @Test
  void aKeyIsChecked() {
    for (var key : new String[] {"", "with space", "é", "x".repeat(256)}) {
      assertThatThrownBy(() -> EmitOptions.DEFAULT.idempotencyKey(key))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("1 to 255 visible ASCII characters");
    }
  }

  @Test
  void oneKeyForTwoEventsThatShareAChannelIsTwoKeys(Server server) {
    server.deploy();
    var events = server.events();
    var once = EmitOptions.DEFAULT.idempotencyKey("job-1");
    assertThat(result(events.emit(once, "orders:eu", 7, "eu"))).isZero();
    assertThat(result(events.emit(once, "orders", "eu:7", "orders"))).isZero();
    assertThat(server.broker().exists("$idempotency:{orders:eu:7}:9:job-1")).isTrue();
  }
}
