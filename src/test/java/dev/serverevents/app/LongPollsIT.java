package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** 10,000 long polls at once on one server with 256 MB of heap, half of which leave. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class LongPollsIT {

  private static final int POLLS = 10_000;
  private static final int LEAVING = POLLS / 2;
  private static final int AT_ONCE = 200;
  private static final String OPEN_FILES =
      "[ $(ulimit -Hn) = unlimited ] || [ $(ulimit -Hn) -gt 12000 ]";

  private static String memory(ServerProcess server) throws IOException {
    var status = Path.of("/proc", String.valueOf(server.pid()), "status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS"))
            .findFirst()
            .orElse("")
            .replaceAll("\\s+", " ")
        : "not known";
  }

  /** Sends all polls, and returns the bodies to come. */
  private static List<Future<Buffer>> poll(
      HttpClient client, String url, AtomicReferenceArray<HttpConnection> connections) {
    return InFlight.run(
        POLLS,
        AT_ONCE,
        i ->
            client
                .request(
                    new RequestOptions()
                        .setAbsoluteURI(url + "/events/poll/" + i + "?timeout=60000"))
                .map(
                    request -> {
                      connections.set(i, request.connection());
                      return request.send().compose(response -> response.body());
                    }));
  }

  @Test
  @OwnRedis({})
  void allAreAnsweredAndThoseThatLeaveAreFreed(Server test) throws IOException {
    Programs.assume(
        Programs.run(Path.of("."), "/bin/sh", "-c", OPEN_FILES),
        "10,000 connections, too few files");
    var environment =
        Map.of(
            "SERVER_EVENTS_REDIS",
            test.redis().url(),
            "SERVER_EVENTS_HTTP_PORT",
            "0",
            "SERVER_EVENTS_ROLES",
            "api",
            "JAVA_TOOL_OPTIONS",
            "-Xmx256m");
    var client = test.vertx().createHttpClient(new PoolOptions().setHttp1MaxSize(POLLS));
    try (var server = ServerProcess.start(environment)) {
      var url = server.url();
      Figures.print("memory of the server before: " + memory(server));
      var connections = new AtomicReferenceArray<HttpConnection>(POLLS);
      var bodies = poll(client, url, connections);
      Await.until(
          () -> {
            assertThat(bodies).as("polls that wait").noneMatch(Future::isComplete);
            return channels(test) == POLLS;
          });
      Figures.print("memory with %,d long polls: %s".formatted(POLLS, memory(server)));

      var began = System.nanoTime();
      result(
          Future.all(
              IntStream.range(0, LEAVING).mapToObj(i -> connections.get(i).close()).toList()));
      var left = System.nanoTime();
      Await.until(() -> channels(test) == POLLS - LEAVING);
      Figures.print(
          "%,d have left, which took %d ms; %d ms later all of theirs was gone"
              .formatted(
                  LEAVING, Figures.msSince(began) - Figures.msSince(left), Figures.msSince(left)));

      for (var id = LEAVING; id < POLLS; id++) {
        publish(test, id);
      }
      result(Future.join(bodies).otherwiseEmpty());
      assertThat(bodies.stream().filter(Future::succeeded).map(body -> body.result().toString()))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(LEAVING, POLLS).mapToObj("[%d]"::formatted).toList());
      assertThat(server.output()).doesNotContain("blocked");
    }
    result(client.close());
  }

  /**
   * How many channels are subscribed, but for the inbox of each verticle and that of all servers.
   */
  private static int channels(Server test) {
    return test.redis()
            .command("INFO", "stats")
            .toString()
            .lines()
            .filter(line -> line.startsWith("pubsub_channels:"))
            .mapToInt(line -> Integer.parseInt(line.substring("pubsub_channels:".length())))
            .sum()
        - ServerVerticle.EVENT_LOOPS
        - 1;
  }

  private static void publish(Server test, int id) {
    assertThat(
            test.redis()
                .command("PUBLISH", "poll:" + id, "[\"poll\",%d,%d]".formatted(id, id))
                .toInteger())
        .isEqualTo(1);
  }
}
