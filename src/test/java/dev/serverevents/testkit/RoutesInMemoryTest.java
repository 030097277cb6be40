package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.web.RoutesOptions;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The HTTP routes on the kit: requests come over a socket, and time is the test's. */
@ExtendWith(ServerEventsExtension.class)
class RoutesInMemoryTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String EVENT = "/events/job/1";

  private InMemoryServerEvents kit;
  private String url;

  @BeforeEach
  void take(InMemoryServerEvents ofThisTest) {
    kit = ofThisTest;
    mount(new RoutesOptions());
  }

  private void mount(RoutesOptions options) {
    var router = Router.router(kit.vertx());
    ServerEventsRoutes.mount(router, kit.events(), options);
    var listening =
        kit.vertx().createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
    url = "http://127.0.0.1:" + listening.actualPort();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  private CompletableFuture<HttpResponse<String>> get(String path) {
    return CLIENT.sendAsync(request(path).build(), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> post(String path, String json) {
    var request = request(path).POST(BodyPublishers.ofString(json)).build();
    return CLIENT.sendAsync(request, BodyHandlers.ofString());
  }

  private static void assertProblem(HttpResponse<String> response, int status, String cause) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(new JsonObject(response.body()).getString("cause")).isEqualTo(cause);
  }

  @Test
  void aResultIsTheAnswer() {
    kit.answer("job", job -> "done");
    var response = get(EVENT).join();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(new JsonArray(response.body())).isEqualTo(JsonArray.of("done"));
    kit.assertNothingPending();
  }

  @Test
  void whatIsPostedEndsTheWait() {
    var wait = get(EVENT);
    kit.awaitListener("job", 1);
    assertThat(post(EVENT, "[\"done\"]").join().statusCode()).isEqualTo(202);
    assertThat(wait.join().body()).isEqualTo("[\"done\"]");
  }

  @Test
  void aFailureIsAProblemWithTheWorkersStatus() {
    kit.fail("job", 422, "no such thing");
    assertProblem(get(EVENT).join(), 422, "failure");
  }

  @Test
  void a504ComesWhenTheTestMovesTheTime() {
    var wait = get(EVENT + "?timeout=60000");
    kit.awaitListener("job", 1);
    kit.clock().advance(Duration.ofMillis(59_999));
    assertThat(wait).isNotDone();
    kit.clock().advance(Duration.ofSeconds(1));
    assertProblem(wait.join(), 504, "no-event");
  }

  @Test
  void a503ComesOfAGapAndOfADrain() {
    var gap = get(EVENT + "?timeout=5000");
    kit.awaitListener("job", 1);
    kit.gap();
    kit.clock().advance(Duration.ofSeconds(6));
    assertProblem(gap.join(), 503, "redis-gap");

    var drained = get(EVENT + "?timeout=50000");
    kit.awaitListener("job", 1);
    kit.drain();
    assertProblem(get("/events/job/2").join(), 503, "draining");
    kit.clock().advance(Duration.ofSeconds(30));
    assertProblem(drained.join(), 503, "draining");
    assertProblem(get(EVENT).join(), 503, "not-deployed");
    assertThat(get("/health").join().statusCode()).isEqualTo(503);
  }

  @Test
  void aReaderOfAStreamHasTheProgressAndTheHeartbeats() {
    var stream =
        CLIENT.sendAsync(request(EVENT + "/stream?timeout=60000").build(), BodyHandlers.ofLines());
    kit.awaitListener("job", 1);
    kit.events().emitProgress("job", 1, 50);
    kit.clock().advance(Duration.ofSeconds(20));
    kit.events().emit("job", 1, "done");
    kit.settle();

    var lines = stream.join().body().filter(line -> !line.isEmpty()).toList();
    assertThat(lines)
        .contains("event: progress", "data: [50]", "event: result", "data: [\"done\"]");
    assertThat(lines.stream().skip(1)).as("heartbeats").contains(":");
    kit.assertNothingPending();
  }

  @Test
  void aLimitOfEmitsGoesByTheClock() {
    var options = new RoutesOptions();
    options.getPerClient().setEmits(2);
    mount(options);
    assertThat(Stream.of(1, 2, 3).map(turn -> post(EVENT, "[1]").join().statusCode()))
        .containsExactly(202, 202, 429);
    kit.clock().advance(Duration.ofSeconds(1));
    assertThat(post(EVENT, "[1]").join().statusCode()).isEqualTo(202);
  }
}
