package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

@OnBothBackends
class FailureTest {

  private static EventFailureException emitted(Server server, int code, Object detail) {
    var events = server.events();
    return (EventFailureException)
        failure(
            events.request("job", 7, () -> events.emitFailure("job", 7, code, "no room", detail)));
  }

  @Test
  void aWaitFailsWithWhatTheWorkerSaid(Server server) {
    server.deploy();
    var detail = new JsonObject().put("room", 0);
    var failure = emitted(server, 422, detail);
    assertThat(failure).hasMessage("no room");
    assertThat(failure.name()).isEqualTo("job");
    assertThat(failure.id()).isEqualTo("7");
    assertThat(failure.code()).isEqualTo(422);
    assertThat(failure.status()).isEqualTo(422);
    assertThat(failure.detail()).isEqualTo(detail);
    assertThat(emitted(server, 422, null).detail()).isNull();
  }

  @Test
  void itsStatusIsItsCodeWhereThatIsAnHttpError(Server server) {
    server.deploy();
    assertThat(emitted(server, 400, null).status()).isEqualTo(400);
    assertThat(emitted(server, 599, null).status()).isEqualTo(599);
    assertThat(emitted(server, 399, null).status()).isEqualTo(502);
    assertThat(emitted(server, 600, null).status()).isEqualTo(502);
    assertThat(emitted(server, -1, null).code()).isEqualTo(-1);
  }

  @Test
  void onTheWireItIsTheOneArgumentOfTheEvent(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.listen("job", 7);
    result(wait.subscribed());
    var payload = "[\"job\",7,{\"$failure\":{\"code\":409,\"message\":\"twice\",\"detail\":[1]}}]";
    server.broker().publish("job:7", payload);
    assertThat(failure(wait.future()))
        .isInstanceOf(EventFailureException.class)
        .hasMessage("twice");
  }

  @Test
  void aFieldOfThatNameElsewhereIsAnOrdinaryArgument(Server server) {
    server.deploy();
    var events = server.events();
    var nested = new JsonObject().put("deep", new JsonObject().put("$failure", new JsonObject()));
    var args = events.request("job", 7, () -> events.emit("job", 7, nested));
    assertThat(result(args).get(0)).isEqualTo(nested);
  }

  @Test
  void aCodeThatIsOutOfRangeIsDroppedAndCounted(Server server) {
    var verticle = server.deploy();
    var wait = server.events().listen("job", 1);
    result(wait.subscribed());
    for (var code : new String[] {"99999999999", "1e3", "\"422\"", "1.5", "-99999999999"}) {
      var payload = "[\"job\",1,{\"$failure\":{\"code\":%s,\"message\":\"no\"}}]".formatted(code);
      server.broker().publish("job:1", payload);
    }
    server.broker().publish("job:1", "[\"job\",1,\"good\"]");
    assertThat(result(wait.future()).get(0)).isEqualTo("good");
    assertThat(verticle.droppedPayloads()).isEqualTo(5);
  }
}
