package dev.serverevents.app.demo;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.RawHttp;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ServerExtension.class)
class PiDemoIT {

  private static final String LIST = "$jobs:{demo pi}";
  private static final String CLOSE = "Connection: close";
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
    try (var one = start(test, "api,demo");
        var other = start(test, "api,demo");
        var worker = start(test, "worker")) {
      worker.awaitOutput("started");
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

  @Test
  void itIsNotThereUnlessItIsAskedFor(Server test) {
    var redis = Map.of("SERVER_EVENTS_REDIS", test.redis().url(), "SERVER_EVENTS_HTTP_PORT", "0");
    try (var server = ServerProcess.start(redis)) {
      assertThat(post(server, "")).startsWith("HTTP/1.1 404 ");
      assertThat(server.output()).doesNotContain("try: curl");
    }
    try (var server = start(test, "api")) {
      assertThat(post(server, "")).startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void aJobThatNoWorkerTakesLeavesTheListWithItsWait(Server test) {
    try (var server = start(test, "api,demo")) {
      assertThat(post(server, "?timeout=300")).startsWith("HTTP/1.1 504 ");
      Await.until(() -> jobs(test) == 0);
    }
  }

  @Test
  void aClientThatLeavesTakesItsWaitAndItsJobWithIt(Server test) throws IOException {
    try (var server = start(test, "api,demo")) {
      var url = URI.create(server.url());
      try (var client = new Socket(url.getHost(), url.getPort())) {
        var request = String.join("\r\n", request("?timeout=60000")) + "\r\n";
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        Await.until(() -> jobs(test) == 1);
        assertThat(test.redis().command("PTTL", LIST).toLong()).isBetween(1L, 120_000L);
      }
      Await.until(() -> jobs(test) == 0);
      Await.until(
          () ->
              RawHttp.ask(server.url(), "GET /metrics HTTP/1.1", "Host: a", CLOSE, "")
                  .contains("server_events_waits_pending 0.0"));
    }
  }

  @Test
  void theListIsBounded(Server test) {
    try (var server = start(test, "api,demo")) {
      for (var i = 0; i < 1_000; i++) {
        test.redis().command("RPUSH", LIST, "{}");
      }
      test.redis().command("PEXPIRE", LIST, 60_000);
      assertThat(post(server, "?timeout=300"))
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("retry-after: 1");
      assertThat(jobs(test)).isEqualTo(1_000);
    }
  }

  private static long jobs(Server test) {
    return test.redis().command("LLEN", LIST).toLong();
  }

  private static String[] request(String query) {
    return new String[] {
      "POST /demo/pi" + query + " HTTP/1.1",
      "Host: a",
      CLOSE,
      "Content-Length: 13",
      "",
      "{\"digits\": 9}"
    };
  }

  private static String post(ServerProcess server, String query) {
    return RawHttp.ask(server.url(), request(query));
  }

  /** The first digits of pi, cut as the worker cuts them. */
  private static String pi(String pi, int digits) {
    return digits == 1 ? "3" : pi.substring(0, digits + 1);
  }
}
