package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Waiting for all, for some or for the first of several ids. */
@OnBothBackends
class SeveralTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofSeconds(10));
  private static final WaitOptions LONG = WaitOptions.DEFAULT.timeout(60_000);
  private static final WaitOptions SHORT = WaitOptions.DEFAULT.timeout(300);

  private static IncompleteException incomplete(Future<EventResults> future) {
    var cause = failure(future);
    assertThat(cause).isInstanceOf(IncompleteException.class);
    return (IncompleteException) cause;
  }

  private static <T> EventWaits<T> heard(EventWaits<T> waits) {
    result(waits.subscribed());
    return waits;
  }

  private static void fail(ServerEvents events, Object id, int code) {
    result(events.emitFailure("a", id, code, "no " + id, null));
  }

  private static void awaitNothingSubscribed(Server server) {
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void allResultsComeInTheOrderOfTheIds(Server server) {
    server.deploy();
    var events = server.events();
    var all = heard(events.listenAll("a", List.of(3, "x", 1), LONG));
    for (var id : new Object[] {1, 3, "x"}) {
      result(events.emit("a", id, "result", id));
    }
    var results = result(all.future());
    assertThat(List.copyOf(results.results().keySet())).isEqualTo(List.of("3", "x", "1"));
    assertThat(results.results().get("3").list()).containsExactly("result", 3);
    assertThat(results.failures()).isEmpty();
    assertThat(results.missing()).isEmpty();
  }

  @Test
  void asManyAsAreNeededEndTheWaitAndTheRestIsMissing(Server server) {
    server.deploy();
    var events = server.events();
    var some = heard(events.listenAll("a", List.of(1, 2, 3, 4, 5), 2, LONG));
    fail(events, 2, 422);
    Await.until(() -> server.broker().channels().size() == 4);
    result(events.emit("a", 5, "five"));
    result(events.emit("a", 3, "three"));
    var results = result(some.future());
    assertThat(results.results().keySet()).containsExactly("3", "5");
    assertThat(results.missing()).containsExactly("1", "4");
    assertThat(results.failures().get("2"))
        .isInstanceOfSatisfying(
            EventFailureException.class, cause -> assertThat(cause.code()).isEqualTo(422))
        .hasMessage("no 2");
    awaitNothingSubscribed(server);
  }

  @Test
  void tooManyFailuresEndTheWaitAtOnceWithWhatCameNevertheless(Server server) {
    server.deploy();
    var events = server.events();
    var most = heard(events.listenAll("a", List.of(1, 2, 3, 4), 3, LONG));
    result(events.emit("a", 4, "four"));
    Await.until(() -> server.broker().channels().size() == 3);
    fail(events, 1, 409);
    Await.until(() -> server.broker().channels().size() == 2);
    assertThat(most.future().isComplete()).isFalse();
    fail(events, 2, 422);
    var cause = incomplete(most.future());
    assertThat(cause.status()).isEqualTo(422);
    assertThat(cause)
        .hasCauseInstanceOf(EventFailureException.class)
        .hasMessage("Of the 3 events \"a\" that are needed 1 came: no 2");
    assertThat(cause.results().results().keySet()).containsExactly("4");
    assertThat(cause.results().failures().keySet()).containsExactly("1", "2");
    assertThat(cause.results().missing()).containsExactly("3");
    awaitNothingSubscribed(server);
  }

  /** Causes of ended waits, as the metrics have them. */
  private static List<String> endings(Server server) {
    var endings = new CopyOnWriteArrayList<String>();
    ServerEventsMetrics.set(
        server.vertx(),
        new ServerEventsMetrics() {
          @Override
          public void waitEnded(String name, Throwable cause, long nanos) {
            endings.add(cause == null ? "result" : cause.getClass().getSimpleName());
          }
        });
    return endings;
  }

  @Test
  void whenTheirOneTimeIsOverItIs504WithWhatCame(Server server) {
    var endings = endings(server);
    server.deploy();
    var events = server.events();
    var waits = heard(events.listenAll("a", List.of(1, 2, 3), 2, WaitOptions.DEFAULT.timeout(700)));
    result(events.emit("a", 2, "two"));
    var cause = incomplete(waits.future());
    assertThat(cause.status()).isEqualTo(504);
    assertThat(cause)
        .hasCauseInstanceOf(EventTimeoutException.class)
        .hasMessageStartingWith("Of the 2 events \"a\" that are needed 1 came: No event \"a\"");
    assertThat(cause.results().results().keySet()).containsExactly("2");
    assertThat(cause.results().failures()).isEmpty();
    assertThat(cause.results().missing()).containsExactly("1", "3");
    assertThat(endings)
        .as("none was cut short by the end of another")
        .containsExactly("result", "EventTimeoutException", "EventTimeoutException");
    awaitNothingSubscribed(server);
  }

  @Test
  void aFailureThatLeavesEnoughIsNotWhatEndsIt(Server server) {
    server.deploy();
    var events = server.events();
    var waits = heard(events.listenAll("a", List.of(1, 2), 1, WaitOptions.DEFAULT.timeout(700)));
    fail(events, 1, 422);
    var cause = incomplete(waits.future());
    assertThat(cause.status()).isEqualTo(504);
    assertThat(cause.results().failures().keySet()).containsExactly("1");
    assertThat(cause.results().missing()).containsExactly("2");
  }

  @Test
  void whereItIsNotKnownWhetherEnoughCameItIs503(Server server) {
    server.deploy(server.options().setLimits(new LimitsOptions().setPendingWaits(2)));
    var events = server.events();
    var unknown = incomplete(events.onAll("a", List.of(1, 2, 3), 1, SHORT));
    assertThat(unknown.status()).isEqualTo(503);
    assertThat(unknown.results().failures().get("3")).isInstanceOf(UnavailableException.class);
    assertThat(unknown.results().missing()).containsExactly("1", "2");
    var certain = incomplete(events.onAll("b", List.of(1, 2, 3), 2, SHORT));
    assertThat(certain.status()).as("one more would not be enough").isEqualTo(504);
    var impossible = incomplete(events.onAll("c", List.of(1, 2, 3), LONG));
    assertThat(impossible.status()).isEqualTo(503);
    assertThat(impossible).hasMessageContaining("limits.pendingWaits");
    awaitNothingSubscribed(server);
  }

  @Test
  void withoutAMinimumAllDistinctIdsAreNeeded(Server server) {
    server.deploy();
    var events = server.events();
    var both = heard(events.listenAll("a", List.of(7, "7", 8), LONG));
    result(events.emit("a", "7", "seven"));
    result(events.emit("a", 8, "eight"));
    assertThat(result(both.future()).results().keySet()).containsExactly("7", "8");
    assertThat(failure(events.onAll("a", List.of(7, "7"), 2)))
        .hasMessage("min is 2: it must be an integer from 1 to 1");
  }

  @Test
  void whoCancelsThemEndsThemAll(Server server) {
    server.deploy();
    var events = server.events();
    var all = heard(events.listenAll("a", List.of(1, 2, 3), LONG));
    var any = heard(events.listenAny("b", List.of(1, 2), LONG));
    all.cancel();
    any.cancel();
    var cause = incomplete(all.future());
    assertThat(cause.status()).isEqualTo(499);
    assertThat(cause).hasCauseInstanceOf(WaitCancelledException.class);
    assertThat(failure(any.future())).isInstanceOf(WaitCancelledException.class);
    awaitNothingSubscribed(server);
    all.cancel();
  }

  @Test
  void theEndOfTheServerEventsEndsThem(Server server) {
    server.deploy();
    var events = server.events();
    var all = heard(events.listenAll("a", List.of(1, 2), 1, LONG));
    result(events.close());
    assertThat(incomplete(all.future()).status()).isEqualTo(499);
    assertThat(incomplete(events.onAll("a", List.of(1, 2), 1, LONG)).status()).isEqualTo(503);
    awaitNothingSubscribed(server);
  }

  @Test
  void whatWasKeptCountsIfTheyAreRetained(Server server) {
    server.deploy();
    var events = server.events();
    result(events.emit(RETAIN, "kept", 1, "one"));
    result(events.emit(RETAIN, "kept", 2, "two"));
    var kept = LONG.retained(true);
    assertThat(result(events.onAll("kept", List.of(1, 2), kept)).results().get("2").get(0))
        .isEqualTo("two");
    assertThat(result(events.onAny("kept", List.of(3, 2), kept)).id()).isEqualTo("2");
    awaitNothingSubscribed(server);
  }

  @Test
  void ofAnyTheFirstSuccessCountsThoughAnotherFailedBefore(Server server) {
    server.deploy();
    var events = server.events();
    var any = heard(events.listenAny("a", List.of(1, 2, 3), LONG));
    fail(events, 1, 422);
    Await.until(() -> server.broker().channels().size() == 2);
    result(events.emit("a", 3, "three"));
    var first = result(any.future());
    assertThat(first.id()).isEqualTo("3");
    assertThat(first.args().list()).containsExactly("three");
    awaitNothingSubscribed(server);
  }

  @Test
  void anyFailsWithAJobsFailureWhenAllHaveEnded(Server server) {
    server.deploy();
    var events = server.events();
    var failed = heard(events.listenAny("a", List.of(1, 2), LONG));
    fail(events, 2, 409);
    Await.until(() -> server.broker().channels().size() == 1);
    fail(events, 1, 422);
    assertThat(failure(failed.future()))
        .isInstanceOf(EventFailureException.class)
        .as("of the id that was given first")
        .hasMessage("no 1");
    var mixed = heard(events.listenAny("a", List.of(1, 2), WaitOptions.DEFAULT.timeout(700)));
    fail(events, 2, 409);
    assertThat(failure(mixed.future()))
        .isInstanceOf(EventFailureException.class)
        .hasMessage("no 2");
  }

  @Test
  void anyWithoutAFailedJobFailsWithWhatIsKnown(Server server) {
    server.deploy(server.options().setLimits(new LimitsOptions().setPendingWaits(1)));
    var events = server.events();
    assertThat(failure(events.onAny("a", List.of(1), SHORT)))
        .isInstanceOf(EventTimeoutException.class);
    assertThat(failure(events.onAny("a", List.of(1, 2), SHORT)))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void theirFuturesCompleteOnTheContextOfTheCaller(Server server) {
    server.deploy();
    var events = server.events();
    for (var context : contexts(server.vertx())) {
      var seen = new CopyOnWriteArrayList<Context>();
      var waits = new AtomicReference<EventWaits<EventResults>>();
      context.runOnContext(
          turn -> {
            var all = events.listenAll("a", List.of(1, 2), LONG);
            all.subscribed().onComplete(heard -> seen.add(Vertx.currentContext()));
            all.future().onComplete(done -> seen.add(Vertx.currentContext()));
            waits.set(all);
          });
      Await.until(() -> waits.get() != null);
      result(waits.get().subscribed());
      result(events.emit("a", 1));
      result(events.emit("a", 2));
      result(waits.get().future());
      Await.until(() -> seen.size() == 2);
      assertThat(seen).containsOnly(context);
    }
  }

  private static List<Context> contexts(Vertx vertx) {
    var made = new CopyOnWriteArrayList<Context>();
    for (var model : new ThreadingModel[] {ThreadingModel.EVENT_LOOP, ThreadingModel.WORKER}) {
      var verticle =
          new VerticleBase() {
            @Override
            public Future<?> start() {
              made.add(context);
              return Future.succeededFuture();
            }
          };
      result(vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(model)));
    }
    return made;
  }

  @Test
  void badInputIsNamedBeforeAnythingIsSubscribed(Server server) {
    server.deploy();
    var events = server.events();
    var expected = new HashMap<Future<?>, String>();
    var tooMany = IntStream.range(0, 101).boxed().toList();
    expected.put(events.onAll("a", List.of()), "ids is []: it must be 1 to 100 ids");
    expected.put(events.onAny("a", List.of()), "ids is []: it must be 1 to 100 ids");
    expected.put(events.onAll("a", (Collection<?>) null), "ids is null: it must not be null");
    expected.put(
        events.onAll("a", List.of(1, 2), 0), "min is 0: it must be an integer from 1 to 2");
    expected.put(
        events.onAll("a", List.of(1, 2), 3), "min is 3: it must be an integer from 1 to 2");
    expected.put(events.onAll("a", List.of(1, "")), "id is \"\": it must not be empty");
    expected.put(
        events.onAny("a", List.of(1, 1.5)), "id is 1.5: it must be a string or an integer");
    expected.put(
        events.onAny("$a", List.of(1)),
        "name is \"$a\": it must not begin with \"$\", which is reserved");
    expected.put(
        events.onAll("a", List.of(1), 1, WaitOptions.DEFAULT.timeout(0)),
        "timeout is 0: it must be an integer from 1 to 86400000");
    expected.put(
        events.onAll("a", List.of(1), (WaitOptions) null), "options is null: it must not be null");
    expected.forEach(
        (future, message) ->
            assertThat(failure(future))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message));
    assertThat(failure(events.onAny("a", tooMany)))
        .hasMessageStartingWith("ids is [0, 1, ")
        .hasMessageEndingWith("it must be 1 to 100 ids");
    assertThat(server.broker().channels()).isEmpty();
    var most = heard(events.listenAll("a", tooMany.subList(0, 100), LONG));
    assertThat(server.broker().channels()).hasSize(100);
    most.cancel();
    awaitNothingSubscribed(server);
  }

  @Test
  void resultsCannotBeChanged() {
    var came = new HashMap<String, EventArgs>();
    var results = new EventResults(came, Map.of(), List.of("1"));
    came.put("1", null);
    assertThat(results.results()).isEmpty();
    assertThatThrownBy(() -> results.results().put("1", null))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> results.missing().add("2"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
