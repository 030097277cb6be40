package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SIGTERM of one of two servers, under load. */
@ExtendWith(ServerExtension.class)
@Tag("long")
class SigtermIT {

  private static final int REQUESTS = 4_000;
  private static final int AT_ONCE = 64;
  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(60));

  /** Asks the servers in turn, and the other one where one says that it does not serve. */
  private static final class RoundRobin extends VerticleBase {
    private final List<String> urls;
    private final AtomicInteger retries = new AtomicInteger();
    private HttpClient client;

    RoundRobin(List<String> urls) {
      this.urls = urls;
    }

    @Override
    public Future<?> start() {
      client = vertx.createHttpClient();
      return Future.succeededFuture();
    }

    private static Future<String> text(HttpClientResponse response) {
      return response.statusCode() == 503 && response.getHeader("Retry-After") != null
          ? Future.failedFuture("try another")
          : response.body().map(body -> response.statusCode() + " " + body);
    }

    Future<String> get(int i) {
      return get(i, i);
    }

    private Future<String> get(int i, int turn) {
      var url = urls.get(turn % 2) + "/events/load/" + i + "?retained=true&timeout=30000";
      return client
          .request(new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(url))
          .compose(request -> request.send().compose(RoundRobin::text))
          .recover(
              away -> {
                retries.incrementAndGet();
                return vertx.timer(10).compose(v -> get(i, turn + 1));
              });
    }
  }

  private static ServerProcess start(Server test) {
    return ServerProcess.start(
        Map.of(
            "SERVER_EVENTS_REDIS", test.redis().url(),
            "SERVER_EVENTS_HTTP_PORT", "0",
            "SERVER_EVENTS_ROLES", "api"));
  }

  private static Future<Integer> emitLater(Server test, ServerEvents events, int i) {
    return test.vertx().timer(50 + i % 100).compose(v -> events.emit(RETAIN, "load", i, i));
  }

  @Test
  @OwnRedis
  void everyRequestIsAnsweredThoughAServerIsTerminated(Server test) {
    test.deploy();
    var events = test.events();
    try (var stays = start(test);
        var leaves = start(test)) {
      var caller = new RoundRobin(List.of(stays.url(), leaves.url()));
      result(test.vertx().deployVerticle(caller));
      var answers =
          InFlight.run(
              REQUESTS,
              AT_ONCE,
              i -> {
                if (i == REQUESTS / 2) {
                  leaves.terminate();
                }
                return Future.join(caller.get(i), emitLater(test, events, i))
                    .map(both -> both.<String>resultAt(0).equals("200 [" + i + "]"));
              });
      leaves.awaitEnd();
      assertThat(answers).hasSize(REQUESTS).containsOnly(true);
      assertThat(leaves.output()).doesNotContain("not drained").doesNotContain("ERROR");
      Figures.print(
          "%d of %d requests answered although one of two servers was terminated; %d retries"
              .formatted(REQUESTS, REQUESTS, caller.retries.get()));
    }
  }
}
