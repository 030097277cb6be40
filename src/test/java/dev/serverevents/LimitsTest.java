package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import org.junit.jupiter.api.Test;

@OnBothBackends
class LimitsTest {

  private static ServerEvents deploy(Server server, LimitsOptions limits) {
    server.deploy(server.options().setLimits(limits));
    return server.events();
  }

  @Test
  void oneWaitTooManyIsUnavailableUntilAnotherHasEnded(Server server) {
    var events = deploy(server, new LimitsOptions().setPendingWaits(2));
    var first = events.listen("full", 1);
    events.listen("full", 1);
    assertThat(failure(events.on("full", 2)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("2 waits are pending already (limits.pendingWaits)");
    first.cancel();
    var next = events.request("full", 2, () -> events.emit("full", 2, "room"));
    assertThat(result(next).get(0)).isEqualTo("room");
    result(events.emit("full", 1));
  }

  @Test
  void aPayloadThatIsTooLargeToGoOutIsBadInput(Server server) {
    var events = deploy(server, new LimitsOptions().setPayloadOut(1_024));
    assertThat(result(events.emit("a", 1, "x".repeat(1_014)))).isZero();
    assertThat(failure(events.emit("a", 1, "x".repeat(1_015))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "the payload's size is 1025: it must be at most 1024 bytes (limits.payloadOut)");
  }

  @Test
  void aPayloadThatIsTooLargeToComeInIsDroppedAndCounted(Server server) {
    var verticle =
        server.deploy(server.options().setLimits(new LimitsOptions().setPayloadIn(1_024)));
    var events = server.events();
    var wait = events.listen("a", 1);
    result(wait.subscribed());
    result(events.emit("a", 1, "x".repeat(1_015)));
    result(events.emit("a", 1, "x".repeat(1_014)));
    assertThat(result(wait.future()).get(0)).isEqualTo("x".repeat(1_014));
    assertThat(verticle.droppedPayloads()).isEqualTo(1);
  }

  @Test
  void namesIdsAndTimeoutsHaveLowerLimitsWhereTheyAreSet(Server server) {
    var events = deploy(server, new LimitsOptions().setName(3).setId(2).setTimeout(1_000));
    assertThat(failure(events.on("long", 1))).hasMessageContaining("at most 3 bytes");
    assertThat(failure(events.emit("a", "ids"))).hasMessageContaining("at most 2 bytes");
    assertThat(failure(events.on("a", 1, 1_001)))
        .hasMessage("timeout is 1001: it must be an integer from 1 to 1000");
    assertThat(failure(events.on("a", 1, 1_000))).isInstanceOf(EventTimeoutException.class);
  }
}
