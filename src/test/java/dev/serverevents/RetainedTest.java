package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@OnBothBackends
class RetainedTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(10));
  private static final WaitOptions RETAINED = WaitOptions.DEFAULT.timeout(5_000).retained(true);

  @Test
  void aRetainedWaitFindsWhatWasEmitted50MsBeforeAndAnotherWaitDoesNot(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emit(RETAIN, "before", 1, "kept", 2));
    result(server.vertx().timer(50));
    assertThat(result(events.on("before", 1, RETAINED)).list()).containsExactly("kept", 2);
    assertThat(failure(events.on("before", 1, 500))).isInstanceOf(EventTimeoutException.class);
  }

  @Test
  void whatIsNotRetainedIsNotFound(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emit("gone", 1, "lost"));
    assertThat(failure(events.on("gone", 1, RETAINED.timeout(500))))
        .isInstanceOf(EventTimeoutException.class);
  }

  @Test
  void aRetainedWaitHearsWhatIsEmittedAfterItAsAnyOtherDoes(Server server) {
    server.deploy();
    var events = server.events();
    var plain = events.listen("after", 1);
    var retained = events.listen("after", 1, RETAINED);
    result(Future.all(plain.subscribed(), retained.subscribed()));
    assertThat(result(events.emit(RETAIN, "after", 1, "both"))).isEqualTo(1);
    assertThat(result(plain.future()).get(0)).isEqualTo("both");
    assertThat(result(retained.future()).get(0)).isEqualTo("both");
  }

  @Test
  void whatIsKeptIsThePayloadUnderTheKeyOfTheProtocolForItsTime(Server server) {
    server.deploy();
    result(server.events().emit(EmitOptions.retain(Duration.ofSeconds(7)), "pi event", 314, "x"));
    var broker = server.broker();
    assertThat(broker.kept("$retained:{pi event:314}:8")).isEqualTo("[\"pi event\",314,\"x\"]");
    assertThat(broker.ttl("$retained:{pi event:314}:8")).isBetween(1L, 7_000L);
  }

  @Test
  void aKeptEventOfAnotherKeyOnTheSameChannelIsNotTaken(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emit(RETAIN, "a", "b:c", "other"));
    assertThat(failure(events.on("a:b", "c", RETAINED.timeout(500))))
        .isInstanceOf(EventTimeoutException.class);
    assertThat(result(events.on("a", "b:c", RETAINED)).get(0)).isEqualTo("other");
  }

  @Test
  void aKeptPayloadThatIsNoEventIsDroppedAndCounted(Server server) {
    var verticle = server.deploy();
    server.broker().keep("$retained:{bad:1}:3", "no JSON", 10_000);
    var wait = server.events().listen("bad", 1, RETAINED);
    result(wait.subscribed());
    assertThat(verticle.droppedPayloads()).isEqualTo(1);
    result(server.events().emit("bad", 1, "good"));
    assertThat(result(wait.future()).get(0)).isEqualTo("good");
  }

  @Test
  @OwnRedis({"--user", "default", "on", "nopass", "+@all", "allchannels", "resetkeys", "~ok*"})
  @OnlyOnRedis("It is about the rights that a user of Redis has on keys.")
  void aForbiddenKeyFailsTheWaitAndTheEmitAtOnce(Server server) {
    server.deploy();
    var events = server.events();
    assertThat(failure(events.on("a", 1, RETAINED)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("refuses to look up a retained result: NOPERM");
    assertThat(failure(events.emit(RETAIN, "a", 1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("NOPERM");
    assertThat(result(events.emit("a", 1))).isZero();
  }

  @Test
  void aFailureIsRetainedAsWell(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emitFailure(RETAIN, "failed", 1, 422, "no", new JsonArray().add(1)));
    var failure = (EventFailureException) failure(events.on("failed", 1, RETAINED));
    assertThat(failure.code()).isEqualTo(422);
    assertThat(failure.detail()).isEqualTo(new JsonArray().add(1));
  }

  @Test
  void howLongIsFromOneMsToSevenDays() {
    assertThatThrownBy(() -> EmitOptions.retain(Duration.ZERO))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("retain is 0: it must be an integer from 1 to 604800000");
    assertThatThrownBy(() -> EmitOptions.retain(Duration.ofDays(8)))
        .hasMessageStartingWith("retain is 691200000");
  }

  @Test
  void keysThatShareAChannelAreKeptApart(Server server) {
    server.deploy();
    var events = server.events();
    var retain = EmitOptions.retain(Duration.ofMinutes(1));
    result(events.emit(retain, "orders:eu", 7, "eu"));
    result(events.emit(retain, "orders", "eu:7", "orders"));
    result(events.emit(retain, "é:a", "b", "accent"));
    var retained = WaitOptions.DEFAULT.retained(true);
    assertThat(result(events.on("orders:eu", 7, retained)).get(0)).isEqualTo("eu");
    assertThat(result(events.on("orders", "eu:7", retained)).get(0)).isEqualTo("orders");
    assertThat(server.broker().kept("$retained:{é:a:b}:4")).isEqualTo("[\"é:a\",\"b\",\"accent\"]");
  }
}
