package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.UsernamePasswordCredentials;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BasicAuthHandler;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** An application that mounts the routes beside its own, behind its own authentication. */
@OnBothBackends
class OwnAppTest {

  private static final String ANN = basic("ann", "secret");

  private record Answer(HttpClientResponse response, String body) {}

  private static final class App extends VerticleBase {
    private HttpClient client;
    private int port;

    @Override
    public Future<?> start() {
      var live = Router.router(vertx);
      ServerEventsRoutes.mount(live, ServerEvents.create(vertx));
      var router = Router.router(vertx);
      router.route("/api/v1/*").handler(BasicAuthHandler.create(App::authenticate));
      router.get("/api/v1/orders").handler(ctx -> ctx.end("of " + ctx.user().subject()));
      router.route("/api/v1/live/*").subRouter(live);
      Problems.handleErrors(router);
      client = vertx.createHttpClient();
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(server -> port = server.actualPort());
    }

    private static Future<User> authenticate(Credentials credentials) {
      return credentials instanceof UsernamePasswordCredentials user
              && user.getUsername().equals("ann")
              && user.getPassword().equals("secret")
          ? Future.succeededFuture(User.fromName("ann"))
          : Future.failedFuture("unknown");
    }

    Future<Answer> send(HttpMethod method, String path, String user, String body) {
      return client
          .request(method, port, "127.0.0.1", path)
          .compose(
              request ->
                  request
                      .putHeader("Authorization", user)
                      .send(body)
                      .compose(
                          response ->
                              response
                                  .body()
                                  .map(received -> new Answer(response, received.toString()))));
    }
  }

  private static String basic(String user, String password) {
    var credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  @Test
  void theRoutesAreMountedBesideItsOwnBehindItsOwnAuthentication(Server server) {
    server.deploy();
    var app = new App();
    result(server.vertx().deployVerticle(app));
    var event = "/api/v1/live/events/order/7";
    var own = result(app.send(HttpMethod.GET, "/api/v1/orders", ANN, ""));
    assertThat(own.body()).isEqualTo("of ann");
    var waiting = app.send(HttpMethod.GET, event, ANN, "");
    Await.until(() -> server.broker().channels().contains("order:7"));
    var stranger = basic("bob", "x");
    for (var method : new HttpMethod[] {HttpMethod.GET, HttpMethod.POST}) {
      var refused = result(app.send(method, event, stranger, "[]"));
      assertThat(refused.response().statusCode()).isEqualTo(401);
      assertThat(refused.response().getHeader("WWW-Authenticate")).startsWith("Basic");
      assertThat(refused.response().getHeader("Content-Type"))
          .isEqualTo("application/problem+json");
      assertThat(new JsonObject(refused.body()).getInteger("status")).isEqualTo(401);
    }
    assertThat(waiting.isComplete()).isFalse();
    assertThat(
            result(app.send(HttpMethod.POST, event, ANN, "[\"priced\"]")).response().statusCode())
        .isEqualTo(202);
    assertThat(result(waiting).body()).isEqualTo("[\"priced\"]");
    assertThat(result(app.send(HttpMethod.GET, "/api/v1/live/x", ANN, "")).response().statusCode())
        .isEqualTo(404);
  }
}
