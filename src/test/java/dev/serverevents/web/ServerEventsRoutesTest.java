package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ServerExtension.class)
class ServerEventsRoutesTest {

  private static final long MAX_WAIT = 3_000;

  private record Answer(int status, String type, String body) {
    String detail() {
      assertThat(type).isEqualTo("application/problem+json");
      var problem = new JsonObject(body);
      assertThat(problem.getInteger("status")).isEqualTo(status);
      return problem.getString("detail");
    }
  }

  private record Reply(int statusCode, MultiMap headers, String body) {
    String getHeader(String name) {
      return headers.get(name);
    }
  }

  /** A user's own server, with the routes under a prefix of its choice, and a client of it. */
  private static final class Http extends VerticleBase {
    private HttpClient client;
    private int port;

    Http(Server server) {
      result(server.vertx().deployVerticle(this));
    }

    @Override
    public Future<?> start() {
      var routes = Router.router(vertx);
      ServerEventsRoutes.mount(
          routes, ServerEvents.create(vertx), new RoutesOptions().setMaxWait(MAX_WAIT));
      var router = Router.router(vertx);
      router.route("/api/*").subRouter(routes);
      Problems.handleErrors(router);
      client = vertx.createHttpClient();
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(server -> port = server.actualPort());
    }

    Future<HttpClientRequest> request(HttpMethod method, String path) {
      return client.request(method, port, "127.0.0.1", "/api" + path);
    }

    Future<Answer> send(HttpMethod method, String path, String body) {
      return request(method, path)
          .compose(
              request ->
                  request
                      .send(body)
                      .compose(
                          response -> response.body().map(received -> answer(response, received))));
    }

    private static Answer answer(HttpClientResponse response, Buffer body) {
      return new Answer(response.statusCode(), response.getHeader("content-type"), body.toString());
    }

    /** The whole response. */
    Reply ask(HttpMethod method, String path, String... headers) {
      return result(
          request(method, path)
              .compose(
                  request -> {
                    for (var i = 0; i < headers.length; i += 2) {
                      request.putHeader(headers[i], headers[i + 1]);
                    }
                    return request
                        .send()
                        .compose(response -> response.body().map(body -> reply(response, body)));
                  }));
    }

    private static Reply reply(HttpClientResponse response, Buffer body) {
      return new Reply(response.statusCode(), response.headers(), body.toString());
    }

    Answer get(String path) {
      return result(send(HttpMethod.GET, path, ""));
    }

    Answer post(String path, String body) {
      return result(send(HttpMethod.POST, path, body));
    }
  }

  @Test
  void aGetIsAnsweredWithWhatAPostEmits(Server server) {
    server.deploy();
    var http = new Http(server);
    var waiting = http.send(HttpMethod.GET, "/events/pi%20event/%C3%A9", "");
    Await.until(() -> server.redis().channels().contains("pi event:é"));
    assertThat(http.post("/events/pi%20event/%C3%A9", "[\"arg1\",1,{\"x\":null}]"))
        .isEqualTo(new Answer(202, "application/json", "{\"receivers\":1}"));
    assertThat(result(waiting))
        .isEqualTo(new Answer(200, "application/json", "[\"arg1\",1,{\"x\":null}]"));
  }

  @Test
  void aPostWithoutABodyEmitsNoArguments(Server server) {
    server.deploy();
    var http = new Http(server);
    var wait = server.events().listen("a", 1);
    result(wait.subscribed());
    assertThat(http.post("/events/a/1", "").status()).isEqualTo(202);
    assertThat(result(wait.future()).list()).isEmpty();
  }

  @Test
  void aTimeoutIs504(Server server) {
    server.deploy();
    var answer = new Http(server).get("/events/a/1?timeout=20");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.detail())
        .isEqualTo("No event \"a\" with id \"1\" within its timeout of 20 ms");
  }

  @Test
  void aClientThatGoesAwayCancelsItsWait(Server server) {
    server.deploy();
    var http = new Http(server);
    var request = result(http.request(HttpMethod.GET, "/events/a/1"));
    request.send();
    Await.until(() -> server.redis().channels().contains("a:1"));
    result(request.connection().close());
    Await.until(() -> server.redis().channels().isEmpty());
  }

  @Test
  void healthIs503WithoutRedis(Server server) {
    var http = new Http(server);
    assertThat(http.get("/health"))
        .isEqualTo(new Answer(503, "application/json", "{\"status\":\"DOWN\"}"));
    server.deploy();
    assertThat(http.get("/health"))
        .isEqualTo(new Answer(200, "application/json", "{\"status\":\"UP\"}"));
    assertThat(http.get("/health").status()).isEqualTo(200);
  }

  @Test
  void badInputIsAProblemAndTheNextGoodCallWorks(Server server) {
    server.deploy();
    var http = new Http(server);
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
    var http = new Http(server);
    assertThat(http.get("/events/a/1").status()).isEqualTo(503);
    assertThat(http.post("/events/a/1", "").status()).isEqualTo(503);
  }

  @Test
  void aRetainedPostIsFoundByARetainedGet(Server server) {
    server.deploy();
    var http = new Http(server);
    assertThat(http.post("/events/a/1?retain=10000", "[\"kept\"]").status()).isEqualTo(202);
    assertThat(http.get("/events/a/1?retained=true").body()).isEqualTo("[\"kept\"]");
    assertThat(http.get("/events/a/1?retained=maybe").detail())
        .isEqualTo("retained is \"maybe\": it must be true or false");
    assertThat(http.post("/events/a/1?retain=0", "[]").detail())
        .isEqualTo("retain is \"0\": it must be an integer from 1 to 604800000");
  }

  @Test
  void aFailureIsAProblemWithItsStatusCodeAndData(Server server) {
    server.deploy();
    var http = new Http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a/1", "");
    Await.until(() -> server.redis().channels().contains("a:1"));
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
    var http = new Http(server);
    var retryAfter =
        http.request(HttpMethod.GET, "/events/a/1")
            .compose(request -> request.send())
            .map(response -> response.getHeader("Retry-After"));
    assertThat(result(retryAfter)).isEqualTo("1");
  }

  @Test
  void aTimeoutSaysWhatWasWaitedForAndWhenToTryAgain(Server server) {
    server.deploy();
    var http = new Http(server);
    var problem = new JsonObject(http.get("/events/a/1?timeout=20").body());
    assertThat(problem.getString("name")).isEqualTo("a");
    assertThat(problem.getString("id")).isEqualTo("1");
    assertThat(problem.getInteger("waited")).isEqualTo(20);
    var response = http.ask(HttpMethod.GET, "/events/a/1?timeout=20");
    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getHeader("Vary")).isEqualTo("Prefer");
    assertThat(response.getHeader("Preference-Applied")).isNull();
  }

  @Test
  void aPreferredWaitIsAppliedAndCutToTheMaximum(Server server) {
    server.deploy();
    var http = new Http(server);
    var second = http.ask(HttpMethod.GET, "/events/a/1", "Prefer", "wait=1");
    assertThat(second.statusCode()).isEqualTo(504);
    assertThat(second.getHeader("Preference-Applied")).isEqualTo("wait=1");
    assertThat(new JsonObject(second.body()).getInteger("waited")).isEqualTo(1_000);
    var cut = http.ask(HttpMethod.GET, "/events/a/1", "Prefer", "wait=3600");
    assertThat(cut.getHeader("Preference-Applied")).isEqualTo("wait=3");
    assertThat(new JsonObject(cut.body()).getInteger("waited")).isEqualTo(3_000);
    var both = http.ask(HttpMethod.GET, "/events/a/1?timeout=20", "Prefer", "wait=2");
    assertThat(both.getHeader("Preference-Applied")).isNull();
    assertThat(new JsonObject(both.body()).getInteger("waited")).isEqualTo(20);
  }

  @Test
  void whoPrefersItIsToldWhereTheEventWillBeAndAnyServerHasIt(Server first, Server second) {
    first.deploy();
    second.deploy();
    var http = new Http(first);
    var accepted =
        http.ask(HttpMethod.GET, "/events/a%20b/1?timeout=20", "Prefer", "respond-async");
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.getHeader("Location")).isEqualTo("/api/events/a%20b/1?retained=true");
    assertThat(accepted.getHeader("Preference-Applied")).isEqualTo("respond-async");
    assertThat(accepted.getHeader("Retry-After")).isEqualTo("1");
    assertThat(http.post("/events/a%20b/1?retain=10000", "[\"later\"]").status()).isEqualTo(202);
    var found = new Http(second).get(accepted.getHeader("Location").substring("/api".length()));
    assertThat(found).isEqualTo(new Answer(200, "application/json", "[\"later\"]"));
    var answered =
        http.ask(HttpMethod.GET, "/events/a%20b/1?retained=true", "Prefer", "respond-async");
    assertThat(answered.statusCode()).isEqualTo(200);
    assertThat(answered.getHeader("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void ofSeveralIdsTheFirstAnswers(Server server) {
    server.deploy();
    var http = new Http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a?any=1,2&any=3", "");
    Await.until(() -> server.redis().channels().size() == 3);
    assertThat(http.post("/events/a/2", "[\"second\"]").status()).isEqualTo(202);
    assertThat(result(waiting).body()).isEqualTo("{\"id\":\"2\",\"args\":[\"second\"]}");
    Await.until(() -> server.redis().channels().isEmpty());
    var accepted =
        http.ask(HttpMethod.GET, "/events/a?any=1,2&timeout=20", "Prefer", "respond-async");
    assertThat(accepted.getHeader("Location")).isEqualTo("/api/events/a?any=1%2C2&retained=true");
    assertThat(http.get("/events/a").detail())
        .isEqualTo("any is \"\": it must be 1 to 100 ids with commas between them");
    assertThat(http.get("/events/a?any=1,").detail()).isEqualTo("id is \"\": it must not be empty");
    assertThat(http.get("/events/a?any=" + ",x".repeat(101)).status()).isEqualTo(400);
    var gone = result(http.request(HttpMethod.GET, "/events/a?any=4,5"));
    gone.send();
    Await.until(() -> server.redis().channels().size() == 2);
    result(gone.connection().close());
    Await.until(() -> server.redis().channels().isEmpty());
  }

  @Test
  void aSingleJsonValueIsTheOnlyArgument(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var body : new String[] {"{\"a\":[1]}", "\"text\"", "3.5", "null", "[null]"}) {
      var waiting = http.send(HttpMethod.GET, "/events/a/1", "");
      Await.until(() -> server.redis().channels().contains("a:1"));
      assertThat(http.post("/events/a/1", body).status()).isEqualTo(202);
      assertThat(result(waiting).body()).isEqualTo(body.startsWith("[") ? body : "[" + body + "]");
    }
  }

  @Test
  void aPutFailureEndsTheWaitWithItsStatus(Server server) {
    server.deploy();
    var http = new Http(server);
    var waiting = http.send(HttpMethod.GET, "/events/a/1", "");
    Await.until(() -> server.redis().channels().contains("a:1"));
    var failure = "{\"code\":422,\"message\":\"no room\",\"detail\":[1]}";
    assertThat(result(http.send(HttpMethod.PUT, "/events/a/1/failure", failure)))
        .isEqualTo(new Answer(202, "application/json", "{\"receivers\":1}"));
    var answer = result(waiting);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.detail()).isEqualTo("no room");
    assertThat(new JsonObject(answer.body()).getValue("id")).isEqualTo("1");
    for (var wrong : new String[] {"[]", "{}", "{\"code\":-1,\"message\":\"x\"}", "{\"code\":1}"}) {
      assertThat(result(http.send(HttpMethod.PUT, "/events/a/1/failure", wrong)).status())
          .isEqualTo(400);
    }
  }

  @Test
  void methodsBehave(Server server) {
    server.deploy();
    var http = new Http(server);
    assertThat(http.post("/events/a/1?retain=10000", "[1]").status()).isEqualTo(202);
    var head = http.ask(HttpMethod.HEAD, "/events/a/1?retained=true");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    var options = http.ask(HttpMethod.OPTIONS, "/events/a/1");
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.getHeader("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
    for (var method : new String[] {"DELETE", "PATCH", "BREW"}) {
      var refused = http.ask(HttpMethod.valueOf(method), "/events/a/1");
      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.getHeader("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
      assertThat(refused.getHeader("Content-Type")).isEqualTo("application/problem+json");
    }
    assertThat(http.ask(HttpMethod.POST, "/events/a").getHeader("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
    assertThat(http.ask(HttpMethod.GET, "/events/a/1/failure").getHeader("Allow"))
        .isEqualTo("PUT, OPTIONS");
    var conditional = http.ask(HttpMethod.GET, "/events/a/1?retained=true", "If-None-Match", "*");
    assertThat(conditional.statusCode()).isEqualTo(200);
  }
}
