package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@OnBothBackends
class ServerEventsRoutesTest {

  private static final long MAX_WAIT = 3_000;

  private static Http http(Server server) {
    return new Http(server, new RoutesOptions().setMaxWait(MAX_WAIT));
  }

  @Test
  void aGetIsAnsweredWithWhatAPostEmits(Server server) {
    server.deploy();
    var http = http(server);
    var waiting = http.send(HttpMethod.GET, "/events/pi%20event/%C3%A9", "");
    Await.until(() -> server.broker().channels().contains("pi event:é"));
    http.post("/events/pi%20event/%C3%A9", "[\"arg1\",1,{\"x\":null}]")
        .is(202, "{\"receivers\":1}");
    result(waiting).is(200, "[\"arg1\",1,{\"x\":null}]");
  }

  @Test
  void aPostWithoutABodyEmitsNoArguments(Server server) {
    server.deploy();
    var http = http(server);
    var wait = server.events().listen("a", 1);
    result(wait.subscribed());
    assertThat(http.post("/events/a/1", "").status()).isEqualTo(202);
    assertThat(result(wait.future()).list()).isEmpty();
  }

  @Test
  void aTimeoutIs504(Server server) {
    server.deploy();
    var answer = http(server).get("/events/a/1?timeout=300");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.detail())
        .isEqualTo("No event \"a\" with id \"1\" within its timeout of 300 ms");
  }

  @Test
  void aClientThatGoesAwayCancelsItsWait(Server server) {
    server.deploy();
    var http = http(server);
    var request = result(http.request(HttpMethod.GET, "/events/a/1"));
    request.send();
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(request.connection().close());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aClientThatGoesAwayIsCounted(Server server) {
    var left = new AtomicInteger();
    var causes = new CopyOnWriteArrayList<Cause>();
    ServerEventsMetrics.set(
        server.vertx(),
        new ServerEventsMetrics() {
          @Override
          public void clientLeft() {
            left.incrementAndGet();
          }

          @Override
          public void waitEnded(String name, @Nullable Throwable failure, long nanos) {
            causes.add(Cause.of(failure));
          }

          @Override
          public void streamEnded(@Nullable Throwable failure) {
            causes.add(Cause.of(failure));
          }
        });
    server.deploy();
    var http = http(server);
    http.get("/events/a/1?timeout=300");
    var request = result(http.request(HttpMethod.GET, "/events/a/1"));
    request.send();
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(request.connection().close());
    Await.until(() -> server.broker().channels().isEmpty());
    assertThat(left).hasValue(1);
    var sse = Sse.open(http, "/events/a/1/stream");
    sse.leave();
    Await.until(() -> left.get() == 2 && causes.size() == 3);
    assertThat(causes).containsExactly(Cause.NO_EVENT, Cause.CLIENT_GONE, Cause.CLIENT_GONE);
  }

  @Test
  void healthIs503WithoutRedis(Server server) {
    var http = http(server);
    http.get("/health").is(503, "{\"status\":\"DOWN\"}");
    server.deploy();
    http.get("/health").is(200, "{\"status\":\"UP\"}");
    assertThat(http.get("/health").status()).isEqualTo(200);
  }

  @Test
  void badInputIsAProblemAndTheNextGoodCallWorks(Server server) {
    server.deploy();
    var http = http(server);
    for (var timeout : new String[] {"0", "-1", "abc", "", "3001", "1.5"}) {
      var answer = http.get("/events/a/1?timeout=" + timeout);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.detail())
          .isEqualTo("timeout is \"" + timeout + "\": it must be an integer from 1 to 3000");
    }
    assertThat(http.get("/events/%24a/1").detail()).contains("must not begin with \"$\"");
    assertThat(http.get("/events/a/" + "x".repeat(513)).detail()).contains("at most 512 bytes");
    assertThat(http.post("/events/a/1", "[1").detail())
        .isEqualTo("body is \"[1\": it must be JSON");
    assertThat(http.post("/events/a/1", "[\"" + "x".repeat(1 << 20) + "\"]").status())
        .isEqualTo(413);
    assertThat(http.get("/events/%zz/1").status()).isEqualTo(400);
    assertThat(http.get("/nowhere").status()).isEqualTo(404);
    assertThat(http.get("/events//1").status()).isEqualTo(400);
    assertThat(result(http.send(HttpMethod.DELETE, "/events/a/1", "")).status()).isEqualTo(405);
    assertThat(http.post("/events/a/1", "[1]").status()).isEqualTo(202);
  }

  @Test
  void withoutAVerticleItIs503(Server server) {
    var http = http(server);
    assertThat(http.get("/events/a/1").status()).isEqualTo(503);
    assertThat(http.post("/events/a/1", "").status()).isEqualTo(503);
  }

  @Test
  void aRetainedPostIsFoundByARetainedGet(Server server) {
    server.deploy();
    var http = http(server);
    assertThat(http.post("/events/a/1?retain=10000", "[\"kept\"]").status()).isEqualTo(202);
    assertThat(http.get("/events/a/1?retained=true").body()).isEqualTo("[\"kept\"]");
    assertThat(http.get("/events/a/1?retained=maybe").detail())
        .isEqualTo("retained is \"maybe\": it must be true or false");
    assertThat(http.post("/events/a/1?retain=0", "[]").detail())
        .isEqualTo("retain is \"0\": it must be an integer from 1 to 86400000");
    assertThat(http.post("/events/a/1?retain=1&retain=2", "[]").detail())
        .isEqualTo("retain is \"1, 2\": it must be there once");
    for (var path : new String[] {"/events/a/1", "/events/a/1/stream"}) {
      assertThat(http.get(path + "?timeout=300&timeout=400").detail())
          .isEqualTo("timeout is \"300, 400\": it must be there once");
    }
    assertThat(http.get("/events/a/1?any=2").detail())
        .isEqualTo("id is \"1\": it must not be with any");
    assertThat(http.get("/events/a/1?min=2").detail())
        .isEqualTo("min is \"2\": it must be with all");
  }

  @Test
  void aFailureIsAProblemWithItsStatusCodeAndData(Server server) {
    server.deploy();
    var http = http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a/1", "");
    Await.until(() -> server.broker().channels().contains("a:1"));
    result(server.events().emitFailure("a", 1, 42, "no room", new JsonObject().put("room", 0)));
    var answer = result(waiting);
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.detail()).isEqualTo("no room");
    var problem = new JsonObject(answer.body());
    assertThat(problem.getInteger("code")).isEqualTo(42);
    assertThat(problem.getJsonObject("data")).isEqualTo(new JsonObject().put("room", 0));
  }

  @Test
  void whatIsUnavailableSaysWhenToTryAgain(Server server) {
    var http = http(server);
    assertThat(http.get("/events/a/1").header("Retry-After")).isEqualTo("1");
  }

  @Test
  void aTimeoutSaysWhatWasWaitedForAndWhenToTryAgain(Server server) {
    server.deploy();
    var http = http(server);
    var problem = new JsonObject(http.get("/events/a/1?timeout=300").body());
    assertThat(problem.getString("name")).isEqualTo("a");
    assertThat(problem.getString("id")).isEqualTo("1");
    assertThat(problem.getInteger("waited")).isEqualTo(300);
    var response = http.ask(HttpMethod.GET, "/events/a/1?timeout=300");
    assertThat(response.header("Retry-After")).isEqualTo("1");
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    assertThat(response.header("Vary")).isEqualTo("Prefer");
    assertThat(response.header("Preference-Applied")).isNull();
  }

  @Tag("long")
  @Test
  void aPreferredWaitIsAppliedAndCutToTheMaximum(Server server) {
    server.deploy();
    var http = http(server);
    var second = http.ask(HttpMethod.GET, "/events/a/1", "Prefer", "wait=1");
    assertThat(second.status()).isEqualTo(504);
    assertThat(second.header("Preference-Applied")).isEqualTo("wait=1");
    assertThat(new JsonObject(second.body()).getInteger("waited")).isEqualTo(1_000);
    var cut = http.ask(HttpMethod.GET, "/events/a/1", "Prefer", "wait=3600");
    assertThat(cut.header("Preference-Applied")).isEqualTo("wait=3");
    assertThat(new JsonObject(cut.body()).getInteger("waited")).isEqualTo(3_000);
    var both = http.ask(HttpMethod.GET, "/events/a/1?timeout=300", "Prefer", "wait=2");
    assertThat(both.header("Preference-Applied")).isNull();
    assertThat(new JsonObject(both.body()).getInteger("waited")).isEqualTo(300);
  }

  @Test
  void whoPrefersItIsToldWhereTheEventWillBeAndAnyServerHasIt(Server first, Server second) {
    first.deploy();
    second.deploy();
    var http = new Http(first);
    var accepted =
        http.ask(HttpMethod.GET, "/events/a%20b/1?timeout=300", "Prefer", "respond-async");
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("Location")).isEqualTo("/api/events/a%20b/1?retained=true");
    assertThat(accepted.header("Preference-Applied")).isEqualTo("respond-async");
    assertThat(accepted.header("Retry-After")).isEqualTo("1");
    assertThat(http.post("/events/a%20b/1?retain=10000", "[\"later\"]").status()).isEqualTo(202);
    var found = new Http(second).get(accepted.header("Location").substring("/api".length()));
    found.is(200, "[\"later\"]");
    var answered =
        http.ask(HttpMethod.GET, "/events/a%20b/1?retained=true", "Prefer", "respond-async");
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void ofSeveralIdsTheFirstAnswers(Server server) {
    server.deploy();
    var http = http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a?any=1,2&any=3", "");
    Await.until(() -> server.broker().channels().size() == 3);
    assertThat(http.post("/events/a/2", "[\"second\"]").status()).isEqualTo(202);
    assertThat(result(waiting).body()).isEqualTo("{\"id\":\"2\",\"args\":[\"second\"]}");
    Await.until(() -> server.broker().channels().isEmpty());
    var accepted =
        http.ask(HttpMethod.GET, "/events/a?any=1,2&timeout=300", "Prefer", "respond-async");
    assertThat(accepted.header("Location")).isEqualTo("/api/events/a?any=1%2C2&retained=true");
    assertThat(http.get("/events/a").detail())
        .isEqualTo("any is \"\": it must be 1 to 100 ids with commas between them");
    assertThat(http.get("/events/a?any=1,").detail()).isEqualTo("id is \"\": it must not be empty");
    assertThat(http.get("/events/a?any=" + ",x".repeat(101)).status()).isEqualTo(400);
    var gone = result(http.request(HttpMethod.GET, "/events/a?any=4,5"));
    gone.send();
    Await.until(() -> server.broker().channels().size() == 2);
    result(gone.connection().close());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void ofSeveralIdsTheFirstThatSucceedsAnswersThoughAnotherFailedBefore(Server server) {
    server.deploy();
    var http = http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a?any=1,2,3", "");
    Await.until(() -> server.broker().channels().size() == 3);
    result(server.events().emitFailure("a", 1, 422, "There is no such item", null));
    Await.until(() -> !server.broker().channels().contains("a:1"));
    assertThat(http.post("/events/a/3", "[\"third\"]").status()).isEqualTo(202);
    result(waiting).is(200, "{\"id\":\"3\",\"args\":[\"third\"]}");
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aSingleJsonValueIsTheOnlyArgument(Server server) {
    server.deploy();
    var http = http(server);
    for (var body : new String[] {"{\"a\":[1]}", "\"text\"", "3.5", "null", "[null]"}) {
      var waiting = http.send(HttpMethod.GET, "/events/a/1", "");
      Await.until(() -> server.broker().channels().contains("a:1"));
      assertThat(http.post("/events/a/1", body).status()).isEqualTo(202);
      assertThat(result(waiting).body()).isEqualTo(body.startsWith("[") ? body : "[" + body + "]");
      Await.until(() -> server.broker().channels().isEmpty());
    }
  }

  @Test
  void aPutFailureEndsTheWaitWithItsStatus(Server server) {
    server.deploy();
    var http = http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a/1", "");
    Await.until(() -> server.broker().channels().contains("a:1"));
    var failure = "{\"code\":422,\"message\":\"no room\",\"detail\":[1]}";
    result(http.send(HttpMethod.PUT, "/events/a/1/failure", failure)).is(202, "{\"receivers\":1}");
    var answer = result(waiting);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.detail()).isEqualTo("no room");
    assertThat(new JsonObject(answer.body()).getValue("id")).isEqualTo("1");
    for (var wrong : new String[] {"[]", "{}", "{\"code\":-1,\"message\":\"x\"}", "{\"code\":1}"}) {
      assertThat(http.put("/events/a/1/failure", wrong).status()).isEqualTo(400);
    }
  }

  @Test
  void methodsBehave(Server server) {
    server.deploy();
    var http = http(server);
    assertThat(http.post("/events/a/1?retain=10000", "[1]").status()).isEqualTo(202);
    var head = http.ask(HttpMethod.HEAD, "/events/a/1?retained=true");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    var options = http.ask(HttpMethod.OPTIONS, "/events/a/1");
    assertThat(options.status()).isEqualTo(204);
    assertThat(options.header("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
    for (var method : new String[] {"DELETE", "PATCH", "BREW"}) {
      var refused = http.ask(HttpMethod.valueOf(method), "/events/a/1");
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.header("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
      assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    }
    assertThat(http.ask(HttpMethod.POST, "/events/a").header("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
    assertThat(http.ask(HttpMethod.GET, "/events/a/1/failure").header("Allow"))
        .isEqualTo("PUT, OPTIONS");
    var conditional = http.ask(HttpMethod.GET, "/events/a/1?retained=true", "If-None-Match", "*");
    assertThat(conditional.status()).isEqualTo(200);
  }

  @Test
  void oneIdempotencyKeyEmitsOnceOnAnyServer(Server one, Server two) {
    one.deploy();
    two.deploy();
    var first = http(one);
    var second = http(two);
    var events = one.events().stream("a", 1, StreamOptions.DEFAULT.follow(true));
    var heard = new CopyOnWriteArrayList<StreamEvent>();
    result(events.subscribed());
    events.handler(heard::add);
    var posts =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    (i % 2 == 0 ? first : second)
                        .send(HttpMethod.POST, "/events/a/1", "[1]", "Idempotency-Key", "\"k\""))
            .toList();
    var statuses = posts.stream().map(post -> result(post).status()).toList();
    assertThat(statuses).contains(202).isSubsetOf(202, 409);
    posts.stream()
        .map(Future::result)
        .filter(reply -> reply.status() == 202)
        .forEach(reply -> reply.is(202, "{\"receivers\":1}"));
    second.post("/events/a/1", " [ 1 ] ", "Idempotency-Key", "k").is(202, "{\"receivers\":1}");
    var other = second.post("/events/a/1", "[2]", "Idempotency-Key", "k");
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.detail()).contains("was used within a day to emit something else");
    assertThat(first.post("/events/a/1", "[]", "Idempotency-Key", " ").status()).isEqualTo(400);
    assertThat(heard).hasSize(1);
    events.close();
  }

  @Test
  void healthTellsWhatIsWrong(Server server) {
    var http = http(server);
    assertThat(http.get("/health/live").status()).isEqualTo(200);
    assertThat(http.get("/health/ready").status()).isEqualTo(503);
    server.deploy();
    var ready = http.get("/health/ready");
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.json().getString("status")).isEqualTo("UP");
    assertThat(ready.json().getJsonArray("checks").stream())
        .extracting(check -> ((JsonObject) check).getString("id"))
        .containsExactlyInAnyOrder("input-store", "output-store", "heartbeat", "not-draining");
  }
}
