package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import dev.serverevents.WaitOptions;
import dev.serverevents.app.cli.Endpoint.Failed;
import dev.serverevents.testing.Await;
import io.vertx.core.Vertx;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a command refuses, wherever it would do it. */
class ChecksTest {

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }

  @Test
  void aFailureHasACodeAndAMessage() {
    assertRefused(
        () -> new Failed(-1, "no", null),
        "--code is -1: it must be an integer from 0 to 2147483647");
    assertRefused(
        () -> new Failed(500, "", null), "MESSAGE is \"\": it must be a string that is not empty");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "8d, 691200000"})
  void anEventIsKeptForSomeTimeOrNotAtAll(String time, long ms) {
    var mixin = CommandLine.populateCommand(new EmitMixin(), "--retain", time);
    assertRefused(mixin::get, "retain is " + ms + ": it must be an integer from 1 to 604800000");
    assertThat(new EmitMixin().get()).isEqualTo(EmitOptions.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void whatNoUrlCanNameIsRefusedAtAServer(String dots) {
    var rule = " is \"%s\": it must be neither \".\" nor \"..\" with --url".formatted(dots);
    var server = HttpEndpoint.at(Vertx.vertx(), "http://127.0.0.1:1", null);
    assertRefused(
        () -> server.emit(new EventId("a", dots), EmitOptions.DEFAULT, EventArgs.of()),
        "id" + rule);
    assertRefused(() -> server.explain(new EventId("a", "")), "id is \"\": it must not be empty");
    assertRefused(() -> server.explain(new EventId(dots, "1")), "name" + rule);
    assertRefused(() -> server.onAny(dots, List.of("1"), WaitOptions.DEFAULT), "name" + rule);
  }

  @Test
  void anIdWithACommaIsNotTakenForTwoAtAServer() {
    var server = HttpEndpoint.at(Vertx.vertx(), "http://127.0.0.1:1", null);
    var rule = "id is \"1,2\": it must not have a comma among several with --url";
    assertRefused(() -> server.onAny("a", List.of("1,2"), WaitOptions.DEFAULT), rule);
    assertRefused(() -> server.onAll("a", List.of("0", "1,2"), 1, WaitOptions.DEFAULT), rule);
    assertThat(Await.failure(server.on(new EventId("a", "1,2"), WaitOptions.DEFAULT)))
        .hasMessageContaining("Connection refused");
  }
}
