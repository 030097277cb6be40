package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.testkit.InMemoryServerEvents;
import dev.serverevents.testkit.ServerEventsExtension;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The pieces of code of the page on testing, run, and each line of its table of causes. */
@ExtendWith(ServerEventsExtension.class)
class TestingPageTest {

  private static final Pages.Page PAGE = Pages.page("testing.md");

  /** The lines of the table are methods of this program. */
  private static final String CAUSES =
      """
      import dev.serverevents.*;
      import dev.serverevents.testkit.InMemoryServerEvents;
      import io.vertx.core.Future;
      import io.vertx.core.eventbus.EventBus;
      import java.time.Duration;

      public class Causes {
        private final InMemoryServerEvents kit;
        private final ServerEvents events;
        private final JobList jobs;
        private final EventBus bus;
        private EventWait wait;

        public Causes(InMemoryServerEvents kit) {
          this.kit = kit;
          events = kit.events();
          jobs = events.jobList("job");
          bus = kit.vertx().eventBus();
        }

        private static Future<?> ended(Future<?> future) {
          return future;
        }

        private static Future<?> ended(EventWait wait) {
          return wait.future();
        }
      %s}
      """;

  private static final String LINE =
      """

        public Future<?> cause%d() {
          %s;
          kit.settle();
          var ended = ended(%s);
          kit.settle();
          %s;
          return ended;
        }
      """;

  @ExtendWith(ServerEventsExtension.class)
  static class OrdersTest {
    @Test
    void anOrderIsPriced(InMemoryServerEvents kit, ServerEvents events) {
      kit.answer("orders.priced", job -> 42);
      var priced = events.on("orders.priced", 7);
      kit.settle();
      assertThat(priced.result()).isEqualTo(EventArgs.of(42));
    }
  }

  @Test
  void theFirstTestsPass(@TempDir Path classes) throws ReflectiveOperationException {
    PageProgram.compile(PAGE, UnaryOperator.identity(), classes);
    var type = PageProgram.load(classes, "PricesTest");
    var tests =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .toList();
    assertThat(tests).hasSize(2);
    for (var test : tests) {
      test.invoke(type.getConstructor().newInstance());
    }
  }

  /** The cells of the rows of a table, without the marks of code. */
  private static List<List<String>> rows() {
    return Pages.matches("(?m)^\\| `([a-z-]+)` \\|(.*)\\|(.*)\\|(.*)\\|$", PAGE.text()).stream()
        .map(
            row ->
                Stream.of(1, 2, 3, 4)
                    .map(row::group)
                    .map(cell -> cell.strip().replace("`", ""))
                    .toList())
        .toList();
  }

  @Test
  void everyCauseComesOfItsLine(@TempDir Path classes) throws ReflectiveOperationException {
    var rows = rows();
    assertThat(rows.stream().map(row -> row.get(0)))
        .containsExactlyElementsOf(Stream.of(Cause.values()).map(Cause::word).toList());
    var methods = new ArrayList<String>();
    for (var row : rows) {
      methods.add(LINE.formatted(methods.size(), row.get(1), row.get(2), row.get(3)));
    }
    var program = "```java\n" + CAUSES.formatted(String.join("", methods)) + "```\n";
    PageProgram.compile(new Pages.Page(PAGE.path(), program), UnaryOperator.identity(), classes);
    var causes = PageProgram.load(classes, "Causes");

    for (var i = 0; i < rows.size(); i++) {
      try (var kit = limited()) {
        var instance = causes.getConstructor(InMemoryServerEvents.class).newInstance(kit);
        var ended = (Future<?>) causes.getMethod("cause" + i).invoke(instance);
        kit.clock().advance(Duration.ofMinutes(1));
        assertThat(ended.isComplete()).as(rows.get(i).toString()).isTrue();
        assertThat(Cause.of(ended.cause()).word()).isEqualTo(rows.get(i).get(0));
      }
    }
  }

  private static InMemoryServerEvents limited() {
    return InMemoryServerEvents.create(
        new ServerEventsOptions().setLimits(new LimitsOptions().setPendingWaits(1)));
  }

  @Test
  void timeIsMoved(InMemoryServerEvents kit, ServerEvents events) {
    kit.answerAfter("orders.priced", Duration.ofSeconds(3), job -> 42);
    var priced = events.on("orders.priced", 7);
    kit.clock().advance(Duration.ofMillis(2_999));
    assertThat(priced.isComplete()).isFalse();
    kit.clock().advance(Duration.ofMillis(1));
    assertThat(priced.result()).isEqualTo(EventArgs.of(42));
  }

  @Test
  void aWorkerTakesFromAnyQueue(InMemoryServerEvents kit, ServerEvents events) {
    kit.fail("orders.priced", 422, "There is no such item");
    var priced = events.request("orders.priced", 7, kit::take);
    kit.settle();
    assertThat(priced.cause())
        .isInstanceOf(EventFailureException.class)
        .hasMessageContaining("item");
  }

  @Test
  void aRetainedEventOutlivesAFault(InMemoryServerEvents kit, ServerEvents events) {
    var priced = events.on("orders.priced", 7, WaitOptions.DEFAULT.retained(true));
    kit.redisDown();
    events.emit(EmitOptions.retain(Duration.ofMinutes(1)), "orders.priced", 7, 42);
    kit.redisUp();
    assertThat(priced.result()).as("retained").isEqualTo(EventArgs.of(42));
  }

  @Test
  void whatWasDoneIsKnown(InMemoryServerEvents kit, ServerEvents events) {
    events.emitProgress("orders.priced", 7, 50, "%");
    events.emit("orders.priced", 7, 42);
    assertThat(kit.progress("orders.priced", 7)).containsExactly(EventArgs.of(50, "%"));
    assertThat(kit.assertEmitted("orders.priced", 7)).isEqualTo(EventArgs.of(42));
    kit.assertNothingPending();
  }

  @Test
  void theRoutesMountOnTheKit(InMemoryServerEvents kit) {
    var router = Router.router(kit.vertx());
    ServerEventsRoutes.mount(router, kit.events());
    var server =
        kit.vertx().createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await();
    var path = "http://127.0.0.1:" + server.actualPort() + "/events/orders.priced/7?timeout=5000";
    var request = HttpRequest.newBuilder(URI.create(path)).build();
    var response = HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
    kit.awaitListener("orders.priced", 7);
    kit.clock().advance(Duration.ofSeconds(6));
    assertThat(response.join().statusCode()).isEqualTo(504);
  }

  @Test
  void theAddressesAnswer(InMemoryServerEvents kit) {
    kit.answer("orders.priced", job -> 42);
    var wait = new JsonObject().put("name", "orders.priced").put("id", 7);
    var reply = kit.vertx().eventBus().<JsonArray>request("server-events.on", wait);
    kit.settle();
    assertThat(reply.result().body()).isEqualTo(JsonArray.of(42));
  }

  @Test
  void aFakeNeedsNoKit() {
    Function<String, Future<EventArgs>> prices =
        id -> Future.succeededFuture(EventArgs.of(42, "EUR"));
    Function<String, Future<EventArgs>> late =
        id -> Future.failedFuture(new EventTimeoutException("orders.priced", id, 5_000));
    assertThat(prices.apply("7").result().get(1)).isEqualTo("EUR");
    assertThat(Cause.of(late.apply("7").cause())).isEqualTo(Cause.NO_EVENT);
  }
}
