package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EventReplyException;
import dev.serverevents.Job;
import dev.serverevents.LimitsOptions;
import dev.serverevents.Timeline;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.ForeignWorker;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** All ways in say with the same word why something ended. */
@OnBothBackends
class CausesTest {

  private static final String WAIT = "/events/a/1";

  /** What has come on a socket. */
  private static List<JsonObject> converse(Http http, String path, JsonObject first) {
    var messages = new CopyOnWriteArrayList<JsonObject>();
    var socket = result(http.connect(path));
    socket.handler(
        bytes -> {
          var message = bytes.toJsonObject();
          messages.add(message);
          if (message.getValue("body") instanceof JsonObject body && body.containsKey("address")) {
            var register = new JsonObject().put("type", "register");
            socket.writeTextMessage(register.put("address", body.getString("address")).encode());
          }
        });
    result(socket.writeTextMessage(first.encode()));
    Await.until(() -> !messages.isEmpty() && explains(messages.get(messages.size() - 1)));
    result(socket.close());
    return messages;
  }

  /** Messages of SockJS that were sent to an address are in an envelope. */
  private static JsonObject open(JsonObject message) {
    return message.getValue("body") instanceof JsonObject body ? body : message;
  }

  private static boolean explains(JsonObject message) {
    return open(message).containsKey("cause");
  }

  private static JsonObject last(Http http, String path, JsonObject first) {
    var messages = converse(http, path, first);
    return open(messages.get(messages.size() - 1));
  }

  private static JsonObject event(long timeout) {
    return new JsonObject().put("name", "a").put("id", 1).put("timeout", timeout);
  }

  private static JsonObject sockJs(String address, JsonObject body) {
    return new JsonObject()
        .put("type", "send")
        .put("address", "server-events." + address)
        .put("replyAddress", "r")
        .put("body", body);
  }

  /** What a wait and a stream of so many ms are told at last, by each way in of the web. */
  private static List<JsonObject> ends(Http http, long timeout) {
    var query = "?timeout=" + timeout;
    var stream = http.get(WAIT + "/stream" + query);
    var data = stream.body().lastIndexOf("data: ");
    return List.of(
        http.get(WAIT + query).json(),
        data < 0 ? stream.json() : new JsonObject(stream.body().substring(data + 6)),
        last(http, "/socket", event(timeout).put("type", "subscribe")),
        last(http, "/eventbus/websocket", sockJs("on", event(timeout))),
        last(http, "/eventbus/websocket", sockJs("stream", event(timeout))));
  }

  private static EventReplyException refusal(Server server, String address, JsonObject body) {
    return (EventReplyException)
        failure(server.vertx().eventBus().request("server-events." + address, body));
  }

  private static void assertCause(Server server, Http http, long timeout, Cause cause) {
    assertThat(ends(http, timeout))
        .extracting(end -> end.getString("cause"))
        .containsOnly(cause.word());
    var refused = refusal(server, "on", event(timeout));
    assertThat(refused.cause()).isEqualTo(cause);
    assertThat(Cause.of(refused)).isEqualTo(cause);
  }

  @Test
  void aTimeoutIsNoEventAndHasATimeLine(Server server) {
    server.deploy();
    var http = new Http(server);
    assertCause(server, http, 300, Cause.NO_EVENT);
    assertThat(ends(http, 300))
        .allSatisfy(
            end -> assertThat(end.getJsonObject("timeline").getLong("subscribed")).isNotNegative());
    var job = event(300).put("handOver", "jobs");
    var jobs = server.vertx().eventBus().consumer("jobs", message -> message.reply("taken"));
    var timeline = refusal(server, "on", job).timeline();
    assertThat(timeline.handedOver()).isGreaterThanOrEqualTo(timeline.subscribed());
    result(jobs.unregister());
  }

  @Test
  void aStreamOnTheEventBusSaysItLast(Server server) {
    server.deploy();
    var bus = server.vertx().eventBus();
    var reply = result(bus.<JsonObject>request("server-events.stream", event(300))).body();
    var messages = new CopyOnWriteArrayList<JsonObject>();
    bus.<JsonObject>consumer(reply.getString("address"), message -> messages.add(message.body()));
    Await.until(() -> !messages.isEmpty() && explains(messages.get(messages.size() - 1)));
    var last = messages.get(messages.size() - 1);
    assertThat(last.getString("cause")).isEqualTo("no-event");
    assertThat(last.getJsonObject("timeline").getLong("subscribed")).isNotNegative();
  }

  @Test
  void wrongInputIsInvalid(Server server) {
    server.deploy();
    var http = new Http(server);
    assertCause(server, http, 0, Cause.INVALID);
    for (var wrong :
        List.of(
            http.get("/events/a/%FF"),
            http.post(WAIT, "[1"),
            http.ask(HttpMethod.GET, "/socket"),
            http.ask(HttpMethod.POST, WAIT, "Expect", "x"))) {
      assertThat(wrong.status()).isBetween(400, 426);
      assertThat(wrong.json().getString("cause")).as(wrong.body()).isEqualTo("invalid");
    }
    assertThat(http.get("/nowhere").json().containsKey("cause")).isFalse();
  }

  @Test
  void tooManyWaitsAreALimit(Server server) {
    server.deploy(server.options().setLimits(new LimitsOptions().setPendingWaits(1)));
    var http = new Http(server);
    var first = server.events().listen("first", 1);
    assertCause(server, http, 300, Cause.LIMIT);
    first.cancel();
  }

  @Test
  void aQuotaIsALimitToo(Server server) {
    server.deploy();
    var options = new RoutesOptions();
    options.getPerClient().setWaits(1);
    var http = new Http(server, options);
    var first = http.send(HttpMethod.GET, WAIT, "");
    Await.until(() -> server.broker().channels().contains("a:1"));
    var refused = http.get(WAIT);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().getString("cause")).isEqualTo("limit");
    http.post(WAIT, "[]");
    result(first);
  }

  @Test
  void withoutAVerticleItIsNotDeployed(Server server) {
    assertThat(ends(new Http(server), 300))
        .extracting(end -> end.getString("cause"))
        .containsOnly("not-deployed");
  }

  @Test
  void aVerticleThatIsBeingUndeployedIsDraining(Server server) {
    server.deploy(server.options().setDrainTimeout(60_000));
    var http = new Http(server);
    var events = server.events();
    var last = events.listen("last", 1);
    result(last.subscribed());
    var vertx = server.vertx();
    var verticle =
        vertx.deploymentIDs().stream()
            .filter(id -> !id.equals(http.deploymentID()))
            .findFirst()
            .orElseThrow();
    var undeployed = vertx.undeploy(verticle);
    Await.until(() -> !events.isReady());
    assertThat(ends(http, 300)).extracting(end -> end.getString("cause")).containsOnly("draining");
    last.cancel();
    result(undeployed);
  }

  @Test
  @OwnRedis
  void whatRedisRefusesIsRefused(Server server) {
    server.broker().refuseSubscribe();
    server.deploy();
    assertCause(server, new Http(server), 300, Cause.REDIS_REFUSED);
    server.undeploy();
  }

  @Test
  void anEmitSaysItToo(Server server) {
    server.deploy();
    var http = new Http(server);
    result(http.send(HttpMethod.POST, WAIT, "[1]", "Idempotency-Key", "k"));
    var conflict = result(http.send(HttpMethod.POST, WAIT, "[2]", "Idempotency-Key", "k"));
    assertThat(conflict.json().getString("cause")).isEqualTo("conflict");
    var emit =
        new JsonObject()
            .put("name", "a")
            .put("id", 1)
            .put("args", List.of(3))
            .put("idempotencyKey", "k");
    assertThat(refusal(server, "emit", emit).cause()).isEqualTo(Cause.CONFLICT);
    assertThat(last(http, "/socket", emit.copy().put("type", "emit")).getString("cause"))
        .isEqualTo("conflict");
    assertThat(last(http, "/eventbus/websocket", sockJs("emit", emit)).getString("cause"))
        .isEqualTo("conflict");
  }

  @Test
  void aJobThatFailedOrWasNotTakenIsTold(Server server) {
    server.deploy();
    var http = new Http(server);
    var waiting = http.send(HttpMethod.GET, WAIT, "");
    Await.until(() -> server.broker().channels().contains("a:1"));
    http.put(WAIT + "/failure", "{\"code\":7,\"message\":\"no\"}");
    var failed = result(waiting);
    assertThat(failed.status()).isEqualTo(502);
    assertThat(failed.json().getString("cause")).isEqualTo("failure");
    var job = event(5_000).put("handOver", "nobody");
    assertThat(refusal(server, "on", job).cause()).isEqualTo(Cause.NOT_HANDED_OVER);
    var bus = server.vertx().eventBus();
    var other = new EventReplyException(504, "of another", Cause.NO_EVENT, Timeline.UNKNOWN);
    var jobs = bus.consumer("jobs", message -> message.reply(other));
    var refused = refusal(server, "on", job.put("handOver", "jobs"));
    assertThat(refused.cause()).isEqualTo(Cause.NOT_HANDED_OVER);
    assertThat(refused.failureCode()).isEqualTo(502);
    result(jobs.unregister());
  }

  @Test
  void whoKnowsTheReplyExceptionAloneNoticesNothing(Server server) {
    server.deploy();
    ReplyException refused = refusal(server, "on", event(0));
    assertThat(refused.failureCode()).isEqualTo(400);
    assertThat(refused.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
    assertThat(refused).hasMessage("timeout is 0: it must be an integer from 1 to 86400000");
  }

  /** Each way to ask for an event that needs a worker, and what it is told. */
  private static Map<String, Supplier<JsonObject>> needingAWorker(Server server, Http http) {
    var needing = event(60_000).put("requireWorker", true);
    var query = "?timeout=60000&requireWorker=true";
    var ways = new LinkedHashMap<String, Supplier<JsonObject>>();
    ways.put("HTTP", () -> http.get(WAIT + query).json());
    ways.put("HTTP, any", () -> http.get("/events/a" + query + "&any=1,2").json());
    ways.put("SSE", () -> http.get(WAIT + "/stream" + query).json());
    ways.put("WebSocket", () -> last(http, "/socket", needing.copy().put("type", "subscribe")));
    ways.put("SockJS", () -> last(http, "/eventbus/websocket", sockJs("on", needing)));
    ways.put("SockJS, stream", () -> last(http, "/eventbus/websocket", sockJs("stream", needing)));
    ways.put("event bus", () -> told(refusal(server, "on", needing)));
    ways.put("event bus, stream", () -> told(refusal(server, "stream", needing)));
    var handedOver = needing.copy().put("handOver", "nobody's");
    ways.put("event bus, job", () -> told(refusal(server, "on", handedOver)));
    return ways;
  }

  private static JsonObject told(EventReplyException refusal) {
    return new JsonObject().put("cause", refusal.cause().word());
  }

  @Test
  void withoutAWorkerAllWaysInSaySoAtOnce(Server server) {
    server.deploy();
    var http = new Http(server);
    needingAWorker(server, http)
        .forEach(
            (way, told) -> {
              var ms = new ArrayList<Long>();
              for (var i = 0; i < 15; i++) {
                var began = System.nanoTime();
                assertThat(told.get().getString("cause")).as(way).isEqualTo("no-worker");
                ms.add(Figures.msSince(began));
              }
              ms.sort(null);
              Figures.print("no worker, %s: median %d ms".formatted(way, ms.get(7)));
            });
    assertThat(http.get(WAIT + "?requireWorker=perhaps").status()).isEqualTo(400);
  }

  @Test
  void withAWorkerTheyWait(Server server) {
    server.deploy();
    var http = new Http(server);
    try (var worker = ForeignWorker.serve(server.broker(), "w1", "a")) {
      var polled = http.send(HttpMethod.GET, WAIT + "?requireWorker=true", "");
      Await.until(() -> server.broker().channels().contains("a:1"));
      worker.emit(new Job("a", "1", null, null, 0, 0, Map.of(), null), "done");
      assertThat(result(polled).body()).isEqualTo("[\"done\"]");
    }
  }
}
