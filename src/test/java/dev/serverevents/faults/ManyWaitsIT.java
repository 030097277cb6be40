package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.LongestTurn;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** More waits than anybody has. */
@Tag("long")
@Tag("alone")
@ExtendWith(ServerExtension.class)
class ManyWaitsIT {

  private static final int EACH_WAY = 247_500;
  private static final int CLIENTS_GONE = 10_000;
  private static final int AT_ONCE = 1_000;
  private static final int PENDING = 100_000;
  private static final int MILLION = 1_000_000;

  /** An HTTP server with the routes, and a client that leaves. */
  private static final class Leaving extends VerticleBase {
    private HttpClient client;
    private int port;

    @Override
    public Future<?> start() {
      var router = Router.router(vertx);
      ServerEventsRoutes.mount(router, ServerEvents.create(vertx));
      client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(AT_ONCE));
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(server -> port = server.actualPort());
    }

    /** Asks for an event, and closes the connection before there is one. */
    Future<Boolean> leave(int i) {
      return client
          .request(HttpMethod.GET, port, "127.0.0.1", "/events/gone/" + i)
          .compose(
              request -> {
                var answer = request.send();
                return vertx
                    .timer(1)
                    .compose(
                        later -> {
                          request.reset();
                          return answer.transform(none -> Future.succeededFuture(none.failed()));
                        });
              });
    }
  }

  private static Future<Boolean> event(ServerEvents events, int i) {
    return events
        .request("event", i, () -> events.emit("event", i, i))
        .map(args -> args.get(0).equals(i));
  }

  private static Future<Boolean> failure(ServerEvents events, int i) {
    return events
        .request("failure", i, () -> events.emitFailure("failure", i, 422, "no", null))
        .transform(ended -> Future.succeededFuture(ended.cause() instanceof EventFailureException));
  }

  private static Future<Boolean> timeout(ServerEvents events, int i) {
    return events
        .on("timeout", i, 1_000)
        .transform(ended -> Future.succeededFuture(ended.cause() instanceof EventTimeoutException));
  }

  private static Future<Boolean> cancel(ServerEvents events, int i) {
    var wait = events.listen("cancel", i);
    wait.subscribed().onSuccess(subscribed -> wait.cancel());
    return wait.future()
        .transform(
            ended -> Future.succeededFuture(ended.cause() instanceof WaitCancelledException));
  }

  private static void all(int total, int atOnce, IntFunction<Future<Boolean>> way) {
    assertThat(InFlight.run(total, atOnce, way).stream().filter(ok -> ok).count()).isEqualTo(total);
  }

  private static void everyWay(ServerEvents events, Leaving leaving, int each, int gone) {
    all(each, AT_ONCE, i -> event(events, i));
    all(each, AT_ONCE, i -> failure(events, i));
    all(each, 10 * AT_ONCE, i -> timeout(events, i));
    all(each, AT_ONCE, i -> cancel(events, i));
    all(gone, AT_ONCE, leaving::leave);
  }

  @Test
  void aMillionWaitsThatEndInEveryWayLeaveNothing(Server server) {
    server.deploy();
    var events = server.events();
    var leaving = new Leaving();
    result(server.vertx().deployVerticle(leaving));
    everyWay(events, leaving, EACH_WAY / 10, CLIENTS_GONE / 10);
    Await.until(() -> server.redis().channels().isEmpty());
    var before = Figures.usedHeap();
    var began = System.nanoTime();
    everyWay(events, leaving, EACH_WAY, CLIENTS_GONE);
    Await.until(() -> server.redis().channels().isEmpty());
    var ms = Figures.msSince(began);
    var after = Figures.usedHeap();
    Figures.print(
        "%d waits ended in five ways in %d ms; heap before %d KiB, after %d KiB (%+.1f %%)"
            .formatted(
                4 * EACH_WAY + CLIENTS_GONE,
                ms,
                before >> 10,
                after >> 10,
                100.0 * (after - before) / before));
    assertThat(after).isLessThan(before + before / 20);
  }

  @Test
  @OwnRedis
  void aHundredThousandPendingWaitsGoThroughAReconnectWithoutHoldingAnEventLoop(Server server) {
    server.deploy();
    var events = server.events();
    var waits = Server.listen(events, "pending", PENDING, WaitOptions.DEFAULT.timeout(600_000));
    server.watchFromNowOn();
    var turns = LongestTurn.watch(server.vertx());
    server.redis().command("CLIENT", "KILL", "TYPE", "pubsub");
    var killed = System.nanoTime();
    Await.until(
        () -> server.redis().command("PUBSUB", "NUMSUB", "pending:0").get(1).toInteger() == 1);
    Await.until(() -> server.redis().channels().size() == PENDING);
    var longest = turns.stop();
    Figures.print(
        "%d waits resubscribed %d ms after the cut: longest turn %s"
            .formatted(PENDING, Figures.msSince(killed), longest));
    assertThat(longest.cpuMs()).isLessThan(100);
    var emits = new ArrayList<Future<Integer>>();
    for (var i = 0; i < PENDING; i += 1_000) {
      emits.add(events.emit("pending", i, i));
    }
    result(Future.all(emits));
    for (var i = 0; i < PENDING; i += 1_000) {
      assertThat(result(waits.get(i).future()).get(0)).isEqualTo(i);
    }
    result(events.close());
    Await.until(() -> server.redis().channels().isEmpty());
  }

  @Test
  @OwnRedis
  void aMillionPendingWaitsAreToldToAnotherServerWithoutHoldingAnEventLoop(
      Server server, Server other) {
    server.deploy();
    other.deploy();
    var events = server.events();
    var asking = other.events();
    var options = WaitOptions.DEFAULT.timeout(3_600_000);
    for (var i = 1; i <= MILLION; i++) { // of many waits, not of many subscriptions
      var wait = events.listen("pending-" + i % 10, i % 1_000, options);
      if (i % 10_000 == 0) {
        result(wait.subscribed());
      }
    }
    result(asking.overview()); // loads classes
    server.watchFromNowOn();
    var turns = LongestTurn.watch(server.vertx());
    var began = System.nanoTime();
    var overview = result(asking.overview());
    var overviewMs = Figures.msSince(began);
    var told = result(asking.explain("pending-0", 0));
    var longest = turns.stop();
    Figures.print(
        "%,d pending waits: told in %d ms, one explained in %d ms, longest turn %s"
            .formatted(MILLION, overviewMs, Figures.msSince(began) - overviewMs, longest));
    assertThat(overview.missing()).isZero(); // who takes a second is missing
    assertThat(overview.names()).hasSize(10);
    assertThat(overview.names().stream().mapToLong(name -> name.pending()).sum())
        .isEqualTo(MILLION);
    assertThat(overview.names()).allSatisfy(name -> assertThat(name.oldestMs()).isPositive());
    assertThat(told.cause()).isEqualTo("pending");
    assertThat(longest.cpuMs()).isLessThan(100);
    result(events.close());
  }

  @Test
  @OwnRedis
  void aConnectionThatIsCutAgainAndAgainWhileItResubscribesHoldsNoEventLoop(Server server) {
    var waiting = 50_000;
    server.deploy();
    var events = server.events();
    var options = WaitOptions.DEFAULT.timeout(600_000).retained(true);
    var waits = Server.listen(events, "cut", waiting, options);
    server.watchFromNowOn();
    var turns = LongestTurn.watch(server.vertx());
    for (var cut = 0; cut < 6; cut++) {
      server.redis().command("CLIENT", "KILL", "TYPE", "pubsub");
      Await.until(
          () ->
              server.redis().connections().stream()
                  .anyMatch(line -> line.matches(".* sub=[1-9]\\d{3,} .*")));
    }
    Await.until(() -> server.redis().channels().size() == waiting);
    var longest = turns.stop();
    Figures.print(
        "%,d waits, cut six times while they were subscribed again: longest turn %s"
            .formatted(waiting, longest));
    assertThat(longest.cpuMs()).isLessThan(100);
    var emits = new ArrayList<Future<Integer>>();
    for (var i = 0; i < waiting; i++) {
      emits.add(events.emit("cut", i, i));
    }
    result(Future.all(emits));
    for (var i = 0; i < waiting; i++) {
      assertThat(result(waits.get(i).future()).get(0)).isEqualTo(i);
    }
  }
}
