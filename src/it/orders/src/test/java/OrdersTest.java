import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.embedded.RedisServer;

/** Two servers and, in turn, each of the workers, as processes of their own on a real Redis. */
@Timeout(60)
class OrdersTest {

  private enum Language {
    JAVA(Running.java("Worker")),
    NODE(List.of("node", "workers/worker.js")),
    PYTHON(List.of("python3", "workers/worker.py"));

    final List<String> command;

    Language(List<String> command) {
      this.command = command;
    }

    Running start() throws IOException {
      Running.assumeThere(command.get(0));
      if (this == NODE) {
        Running.installNodeClient();
      }
      return Running.start(redisUrl, command, "The worker waits for jobs");
    }
  }

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static String redisUrl;
  private static RedisServer redis;
  private static Running one;
  private static Running other;
  private static String first;
  private static String second;

  @BeforeAll
  static void start() throws IOException {
    var port = Running.freePort();
    redis = RedisServer.builder().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
    redis.start();
    redisUrl = "redis://127.0.0.1:" + port;
    var ports = List.of(Running.freePort(), Running.freePort());
    first = "http://127.0.0.1:" + ports.get(0);
    second = "http://127.0.0.1:" + ports.get(1);
    one = api(ports.get(0));
    other = api(ports.get(1));
  }

  private static Running api(int port) throws IOException {
    var command = Running.java("Api", String.valueOf(port));
    return Running.start(redisUrl, command, "The API listens on port " + port);
  }

  @AfterAll
  static void end() throws IOException {
    one.close();
    other.close();
    redis.stop();
  }

  private static HttpResponse<String> order(String server, String id, String item, int quantity)
      throws IOException, InterruptedException {
    var order = new JsonObject().put("item", item).put("quantity", quantity);
    var request =
        HttpRequest.newBuilder(URI.create(server + "/orders/" + id + "/price"))
            .POST(BodyPublishers.ofString(order.encode()));
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  private static JsonObject priced(String id, int price) {
    return new JsonObject().put("id", id).put("price", price);
  }

  @ParameterizedTest
  @EnumSource
  void bothServersAnswerWithWhatTheWorkerHasPriced(Language language) throws Exception {
    try (var worker = language.start()) {
      var tea = order(first, "tea-" + language, "tea", 2);
      assertEquals(200, tea.statusCode(), tea.body());
      assertEquals(priced("tea-" + language, 6), new JsonObject(tea.body()));
      var coffee = order(second, "coffee-" + language, "coffee", 3);
      assertEquals(priced("coffee-" + language, 12), new JsonObject(coffee.body()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anItemThatThereIsNotIsAnsweredWithWhatTheWorkerSays(Language language) throws Exception {
    try (var worker = language.start()) {
      var gold = order(first, "gold-" + language, "gold", 1);
      assertEquals(422, gold.statusCode(), gold.body());
      var problem = new JsonObject(gold.body());
      assertEquals("There is no such item", problem.getString("detail"));
      assertEquals("gold", problem.getString("data"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamShowsTheProgressAndThePriceIsKept(Language language) throws Exception {
    var event = "/live/events/orders.priced/stream-" + language;
    try (var worker = language.start()) {
      var stream = HTTP.send(get(first + event + "/stream"), BodyHandlers.ofLines());
      order(second, "stream-" + language, "coffee", 2);
      var data =
          stream
              .body()
              .filter(line -> line.startsWith("data: "))
              .map(line -> new JsonArray(line.substring("data: ".length())))
              .toList();
      var result = new JsonArray().add(priced("stream-" + language, 8));
      assertEquals(List.of(new JsonArray().add(50).add("%"), result), data);

      var kept = HTTP.send(get(second + event + "?retained=true"), BodyHandlers.ofString());
      assertEquals(result, new JsonArray(kept.body()));
    }
  }

  @Test
  void aBrowserShowsTheProgressAndThePrice(@TempDir Path directory) throws Exception {
    Running.assumeThere("chromium");
    var options = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    var command = new ArrayList<>(List.of("chromium"));
    command.addAll(options);
    command.add("--user-data-dir=" + directory);
    command.addAll(List.of("--virtual-time-budget=10000", "--dump-dom"));
    command.add(first + "/?item=tea&quantity=2");
    try (var worker = Language.JAVA.start()) {
      var chromium =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var page = new String(chromium.getInputStream().readAllBytes());
      assertTrue(chromium.waitFor(10, TimeUnit.SECONDS));
      assertTrue(page.contains("<output>It costs 6.</output>"), page);
    }
  }
}
