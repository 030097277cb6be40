package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server that is stopped for a while, as a paused virtual machine or a long collection is. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class StoppedServerIT {

  private static final int WAITS = 28;
  private static final int STOPPED_MS = 30_000;

  private final HttpClient http = HttpClient.newHttpClient();

  /** More than the system queues for a server that takes none. */
  private static final int CONNECTIONS = 3_000;

  private CompletableFuture<HttpResponse<String>> get(String url) {
    return http.sendAsync(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  @Test
  void whatWasPublishedMeanwhileIsInTheSocketAndCounts() {
    try (var redis = TestRedis.start();
        var server =
            ServerProcess.start(
                Map.of("SERVER_EVENTS_REDIS", redis.url(), "SERVER_EVENTS_HTTP_PORT", "0"))) {
      var url = server.url();
      var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
      for (var i = 0; i < WAITS; i++) {
        answers.add(get("%s/events/stopped/%d?timeout=%d".formatted(url, i, 4_000 + 200 * i)));
      }
      Await.until(() -> redis.channels().size() == WAITS);
      server.signal("STOP");
      var stopped = System.nanoTime();
      for (var i = 0; i < WAITS; i++) {
        redis.command("PUBLISH", "stopped:" + i, "[\"stopped\",%d,%d]".formatted(i, i));
      }
      Await.until(() -> System.nanoTime() - stopped > TimeUnit.MILLISECONDS.toNanos(STOPPED_MS));
      server.signal("CONT");
      for (var i = 0; i < WAITS; i++) {
        var answer = answers.get(i).join();
        assertThat(answer.body()).isEqualTo("[%d]".formatted(i));
        assertThat(answer.statusCode()).isEqualTo(200);
      }
    }
  }

  /** The packets of some were dropped then, and come late, when others are idle already. */
  @Test
  @OwnRedis({})
  void requestsOfConnectionsThatWereMadeMeanwhileAreAnswered(Server test) {
    var client = test.vertx().createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    try (var server =
        ServerProcess.start(
            Map.of(
                "SERVER_EVENTS_REDIS",
                test.redis().url(),
                "SERVER_EVENTS_HTTP_PORT",
                "0",
                "SERVER_EVENTS_HTTP_PER_CLIENT_IDLE_CONNECTIONS",
                "1"))) {
      var live = new RequestOptions().setAbsoluteURI(server.url() + "/health/live");
      server.signal("STOP");
      var stopped = System.nanoTime();
      var answers =
          IntStream.range(0, CONNECTIONS)
              .mapToObj(
                  i ->
                      client
                          .request(live)
                          .compose(request -> request.send())
                          .map(response -> response.statusCode()))
              .toList();
      Await.until(() -> Figures.msSince(stopped) > 3_000);
      server.signal("CONT");
      assertThat(answers).extracting(Await::result).containsOnly(200);
    }
    result(client.close());
  }
}
