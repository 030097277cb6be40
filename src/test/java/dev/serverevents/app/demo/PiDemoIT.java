package dev.serverevents.app.demo;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ServerExtension.class)
class PiDemoIT {

  private static final int JOBS = 1_000;
  private static final int AT_ONCE = 16;

  /** Its client is closed with it, and with the test's server. */
  private static final class Caller extends VerticleBase {
    private HttpClient client;

    @Override
    public Future<?> start() {
      client = vertx.createHttpClient();
      return Future.succeededFuture();
    }

    Future<String> pi(String url, int digits) {
      var options = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(url);
      return client
          .request(options)
          .compose(
              request ->
                  request
                      .send(new JsonObject().put("digits", digits).encode())
                      .compose(response -> response.body()))
          .map(body -> body.toJsonObject().getString("pi"));
    }
  }

  private static ServerProcess start(Server test, String role) {
    return ServerProcess.start(
        Map.of(
            "SERVER_EVENTS_REDIS",
            test.redis().url(),
            "SERVER_EVENTS_HTTP_PORT",
            "0",
            "SERVER_EVENTS_ROLES",
            role));
  }

  @Test
  void twoServersAndOneWorkerAnswerEachJobToWhoAskedForIt(Server test) {
    var caller = new Caller();
    result(test.vertx().deployVerticle(caller));
    try (var one = start(test, "api");
        var other = start(test, "api");
        var worker = start(test, "worker")) {
      worker.awaitOutput("Succeeded in deploying");
      var urls = List.of(one.url() + "/demo/pi", other.url() + "/demo/pi");
      var pi = PiDigits.of(JOBS);
      var answers =
          InFlight.run(
              JOBS,
              AT_ONCE,
              i -> caller.pi(urls.get(i % 2), i + 1).map(answer -> answer.equals(pi(pi, i + 1))));
      assertThat(answers).hasSize(JOBS).containsOnly(true);
    }
  }

  /** The first digits of pi, cut as the worker cuts them. */
  private static String pi(String pi, int digits) {
    return digits == 1 ? "3" : pi.substring(0, digits + 1);
  }
}
