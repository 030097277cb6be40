package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.Future;
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

  private record Answer(int status, String type, String body) {
    String detail() {
      assertThat(type).isEqualTo("application/problem+json");
      var problem = new JsonObject(body);
      assertThat(problem.getInteger("status")).isEqualTo(status);
      return problem.getString("detail");
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
      ServerEventsRoutes.mount(routes, ServerEvents.create(vertx));
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
          .compose(request -> request.send(body))
          .compose(response -> response.body().map(received -> answer(response, received)));
    }

    private static Answer answer(HttpClientResponse response, Buffer body) {
      return new Answer(response.statusCode(), response.getHeader("content-type"), body.toString());
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
    for (var timeout : new String[] {"0", "-1", "abc", "", "86400001", "1.5"}) {
      var answer = http.get("/events/a/1?timeout=" + timeout);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.detail())
          .isEqualTo("timeout is \"" + timeout + "\": it must be an integer from 1 to 86400000");
    }
    assertThat(http.get("/events/%24a/1").detail()).contains("must not begin with \"$\"");
    assertThat(http.get("/events/a/" + "x".repeat(513)).detail()).contains("at most 512 bytes");
    assertThat(http.post("/events/a/1", "{}").detail())
        .isEqualTo("body is {}: it must be a JSON array");
    assertThat(http.post("/events/a/1", "[1").detail())
        .isEqualTo("body is \"[1\": it must be JSON");
    assertThat(http.post("/events/a/1", "[\"" + "x".repeat(1 << 20) + "\"]").status())
        .isEqualTo(413);
    assertThat(http.get("/events/%zz/1").status()).isEqualTo(400);
    assertThat(http.get("/nowhere").status()).isEqualTo(404);
    assertThat(http.get("/events//1").status()).isEqualTo(404);
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
}
