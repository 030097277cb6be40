import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.serverevents.testkit.InMemoryServerEvents;
import dev.serverevents.testkit.ServerEventsExtension;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every outcome of the endpoint, without Redis and without waiting. */
@ExtendWith(ServerEventsExtension.class)
public class ApiTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private InMemoryServerEvents kit;
  private int port;

  @BeforeEach
  public void start(InMemoryServerEvents kit) {
    this.kit = kit;
    var router = Api.router(kit.vertx(), kit.events());
    var server = kit.vertx().createHttpServer().requestHandler(router);
    port = server.listen(0, "127.0.0.1").await().actualPort();
  }

  private CompletableFuture<HttpResponse<String>> order(String item) {
    var order = new JsonObject().put("item", item).put("quantity", 2);
    var url = URI.create("http://127.0.0.1:" + port + "/orders/7/price");
    var request = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(order.encode()));
    return HTTP.sendAsync(request.build(), BodyHandlers.ofString());
  }

  private static void assertProblem(int status, String cause, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    assertEquals(cause, new JsonObject(response.body()).getString("cause"));
  }

  @Test
  public void theAnswerIsWhatTheWorkerHasPriced() {
    kit.answer("orders.priced", job -> new JsonObject().put("order", job.data()).put("price", 6));
    var response = order("tea").join();
    assertEquals(200, response.statusCode());
    assertEquals("{\"order\":{\"item\":\"tea\",\"quantity\":2},\"price\":6}", response.body());
    kit.assertNothingPending();
  }

  @Test
  public void aJobThatFailsIsAnsweredWithWhatTheWorkerSays() {
    kit.fail("orders.priced", 422, "There is no such item");
    assertProblem(422, "failure", order("gold").join());
  }

  @Test
  public void nobodyWaitsForLongerThanFiveSeconds() {
    var response = order("tea");
    kit.awaitListener("orders.priced", 7);
    kit.clock().advance(Duration.ofMillis(4_999));
    assertFalse(response.isDone());
    kit.clock().advance(Duration.ofSeconds(1));
    assertProblem(504, "never-claimed", response.join());
  }

  @Test
  public void withoutRedisTheOutcomeIsNotKnown() {
    var response = order("tea");
    kit.awaitListener("orders.priced", 7);
    kit.redisDown();
    kit.clock().advance(Duration.ofSeconds(6));
    assertProblem(503, "redis-away", response.join());
  }

  @Test
  public void aServerThatIsStoppedAnswersWhoeverWaitsAndNobodyElse() {
    var response = order("tea");
    kit.awaitListener("orders.priced", 7);
    kit.drain();
    assertProblem(503, "draining", order("coffee").join());
    kit.answer("orders.priced", job -> 6);
    assertEquals("6", response.join().body());
  }
}
