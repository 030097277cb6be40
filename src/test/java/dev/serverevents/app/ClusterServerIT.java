package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.app.demo.PiDigits;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The runnable jar, with its demo, on a cluster that its environment names. */
class ClusterServerIT {

  @ParameterizedTest
  @EnumSource
  void theDemoRunsOnACluster(PubSub pubsub) throws Exception {
    try (var cluster = new TestCluster(3, 0)) {
      var environment =
          Map.of(
              "SERVER_EVENTS_REDIS_TYPE",
              "cluster",
              "SERVER_EVENTS_REDIS_PUBSUB",
              pubsub.name().toLowerCase(Locale.ROOT),
              "SERVER_EVENTS_REDIS_ENDPOINTS",
              cluster.nodes().stream().map(TestRedis::url).collect(Collectors.joining(",")),
              "SERVER_EVENTS_HTTP_PORT",
              "0",
              "SERVER_EVENTS_ROLES",
              "api,demo,worker");
      try (var server = ServerProcess.start(environment)) {
        var request =
            HttpRequest.newBuilder(URI.create(server.url() + "/demo/pi"))
                .POST(BodyPublishers.ofString("{\"digits\": 100}"));
        var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        assertThat(new JsonObject(answer.body()).getString("pi")).isEqualTo(PiDigits.of(100));
      }
      cluster.checkNothingIsLeft();
    }
  }
}
