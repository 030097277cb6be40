package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@OnBothBackends
class SseStreamTest {

  private static final String STREAM = "/events/pi/1/stream";
  private static final EmitOptions KEPT = EmitOptions.retain(Duration.ofMinutes(1));
  private static final String AWAY = "gap {\"reason\":\"READER_AWAY\"}";

  @Test
  void progressAndTheResultComeAsEventsAndItEnds(Server server) {
    server.deploy();
    var http = new Http(server);
    var sse = Sse.open(http, STREAM);
    assertThat(sse.response().statusCode()).isEqualTo(200);
    assertThat(sse.response().getHeader("Content-Type")).isEqualTo("text/event-stream");
    assertThat(sse.response().getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(sse.response().getHeader("X-Accel-Buffering")).isEqualTo("no");
    http.post("/events/pi/1/progress", "[50, \"%\"]").is(202, "{\"receivers\":1}");
    http.post("/events/pi/1/progress", "{\"line\": \"a\\nb\"}").is(202, "{\"receivers\":1}");
    http.post("/events/pi/1", "[3.14]");
    sse.awaitEnd();
    sse.await("progress [50,\"%\"]", "progress [{\"line\":\"a\\nb\"}]", "result [3.14]");
    assertThat(sse.events()).extracting(Sse.Event::id).doesNotHaveDuplicates().doesNotContain("");
  }

  @Test
  void aFailureAndATimeoutAreEventsToo(Server server) {
    server.deploy();
    var http = new Http(server);
    var failing = Sse.open(http, STREAM);
    http.put("/events/pi/1/failure", "{\"code\":422,\"message\":\"no room\"}");
    failing.awaitEnd();
    failing.await("failure {\"code\":422,\"message\":\"no room\",\"detail\":null}");
    var late = Sse.open(http, STREAM + "?timeout=500");
    late.awaitEnd();
    var data = new JsonObject(late.events().get(0).data());
    assertThat(data.getInteger("waited")).isEqualTo(500);
    assertThat(data.getString("cause")).isEqualTo("no-event");
    assertThat(data.getJsonObject("timeline").getLong("subscribed")).isNotNegative();
  }

  @Test
  void aStreamThatEndsAsSoonAsItIsHeardEndsAsAnyOther(Server server) {
    server.deploy();
    var http = new Http(server);
    var all = InFlight.run(300, 16, i -> http.send(HttpMethod.GET, STREAM + "?timeout=1", ""));
    assertThat(all).extracting(Http.Reply::status).isSubsetOf(200, 503).contains(200);
  }

  @Test
  void aReconnectAfterTheEndGets204SoThatAnEventSourceStops(Server server) {
    server.deploy();
    var http = new Http(server);
    var sse = Sse.open(http, STREAM);
    http.post("/events/pi/1", "[1]");
    sse.awaitEnd();
    var end = sse.events().get(0).id();
    for (var id : new String[] {end, "timeout", "failure-0"}) {
      assertThat(http.get(STREAM, "Last-Event-ID", id).status()).isEqualTo(204);
    }
  }

  @Test
  void whoWasAwayIsToldOfTheGapAndGetsWhatWasRetained(Server server) {
    server.deploy();
    var http = new Http(server);
    var first = Sse.open(http, STREAM);
    http.post("/events/pi/1/progress", "[1]");
    first.await("progress [1]");
    first.leave();
    Await.until(() -> server.broker().channels().isEmpty());
    result(server.events().emit(KEPT, "pi", 1, "kept"));
    var back = Sse.open(http, STREAM, "Last-Event-ID", first.events().get(0).id());
    back.awaitEnd();
    back.await(AWAY, "result [\"kept\"]");
    var unknown = Sse.open(http, STREAM, "Last-Event-ID", "never seen");
    unknown.awaitEnd();
    unknown.await(AWAY, "result [\"kept\"]");
  }

  @Test
  void whoMissedNothingThatWasRetainedIsNotToldOfAGap(Server server) {
    server.deploy();
    var http = new Http(server);
    result(server.events().emit(KEPT, "pi", 1, "kept"));
    var first = Sse.open(http, STREAM + "?follow=true&retained=true");
    first.await("result [\"kept\"]");
    first.leave();
    var back =
        Sse.open(
            http,
            STREAM + "?follow=true&timeout=5000",
            "Last-Event-ID",
            first.events().get(0).id());
    http.post("/events/pi/1", "[\"next\"]");
    back.await("result [\"next\"]");
    back.leave();
    var nothing = Sse.open(http, "/events/pi/2/stream", "Last-Event-ID", "progress-1");
    nothing.await(AWAY);
    nothing.leave();
  }

  @Test
  void oneThatFollowsGoesOnUntilItsClientLeaves(Server server) {
    server.deploy();
    var http = new Http(server);
    var sse = Sse.open(http, STREAM + "?follow=true");
    http.post("/events/pi/1", "[1]");
    http.post("/events/pi/1", "[2]");
    sse.await("result [1]", "result [2]");
    sse.leave();
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void itShowsThatItIsAlive(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setHeartbeat(100));
    var sse = Sse.open(http, STREAM);
    Await.until(() -> sse.comments() > 2);
    sse.leave();
  }

  @Test
  void aReaderThatDoesNotReadIsBoundedAndToldAndGetsTheResult(Server server) {
    server.deploy();
    var http = new Http(server);
    var sse = Sse.open(http, STREAM + "?timeout=60000"); // on a busy machine, 50 MB take a while
    sse.response().pause();
    var events = server.events();
    var large = "x".repeat(100_000);
    for (var i = 0; i < 500; i++) {
      result(events.emitProgress("pi", 1, large));
    }
    result(events.emit("pi", 1, "end"));
    Await.until(() -> server.broker().channels().isEmpty());
    sse.response().resume();
    sse.awaitEnd();
    assertThat(sse.events()).hasSizeBetween(3, 400);
    assertThat(sse.events())
        .extracting(Sse.Event::text)
        .contains("gap {\"reason\":\"SLOW_READER\"}");
    assertThat(sse.events().get(sse.events().size() - 1).text()).isEqualTo("result [\"end\"]");
  }

  @Test
  void whatCannotBeStreamedIsAProblem(Server server) {
    var http = new Http(server);
    assertThat(http.get(STREAM).status()).isEqualTo(503);
    server.deploy();
    assertThat(http.get("/events/$pi/1/stream").detail()).contains("must not begin with \"$\"");
    assertThat(http.get(STREAM + "?timeout=0").detail()).contains("timeout is \"0\"");
    assertThat(http.get(STREAM + "?follow=maybe").detail()).contains("follow is \"maybe\"");
    assertThat(http.ask(HttpMethod.POST, STREAM).header("Allow")).isEqualTo("GET, OPTIONS");
    assertThat(http.ask(HttpMethod.GET, "/events/pi/1/progress").header("Allow"))
        .isEqualTo("POST, OPTIONS");
    assertThat(http.post("/events/pi/1/progress?retain=5", "[]").detail())
        .contains("must not be with retain");
  }

  @Test
  void undeploymentEndsItSoThatTheClientComesBack(Server server) {
    server.deploy();
    var deployed = server.vertx().deploymentIDs().iterator().next();
    var http = new Http(server);
    var sse = Sse.open(http, STREAM + "?follow=true");
    result(server.vertx().undeploy(deployed));
    sse.awaitEnd();
    sse.await();
  }
}
