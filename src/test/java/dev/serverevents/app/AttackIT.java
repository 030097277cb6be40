package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.serverevents.internal.Sha256;
import dev.serverevents.metrics.MicrometerMetrics;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.HostileRequests;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.LongestTurn;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.backends.BackendRegistries;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/**
 * The runnable server under attack, while honest clients go on: hostile requests with and without
 * keys, messages on WebSockets and on the SockJS bridge, and bytes that are no HTTP. {@code
 * -Dattack.requests=200000} makes it long, {@code -Dattack.atOnce} says how many each attacker
 * sends at once, and {@code -Dattack.seed} repeats an attack.
 */
@Tag("long")
@Tag("alone")
@ExtendWith(ServerExtension.class)
class AttackIT {

  private static final int REQUESTS = Integer.getInteger("attack.requests", 20_000);
  private static final long SEED = Long.getLong("attack.seed", new Random().nextLong());
  private static final int WARM_UP = 5_000;
  private static final long ALONE_MS = 5_000;

  private static final String HOST = "127.0.0.1";
  private static final int ATTACKERS = 8;
  private static final int AT_ONCE_EACH = Integer.getInteger("attack.atOnce", 16);
  private static final long PATIENCE_MS = 200;
  private static final int ONE_IN = 40;

  private static final int HONEST = 100;
  private static final long PERIOD_MS = 500;
  private static final long HONEST_TIMEOUT_MS = 20_000;

  private static JsonObject key(String name, String events) {
    return new JsonObject()
        .put("name", name)
        .put("sha256", Sha256.hex(name.getBytes(StandardCharsets.UTF_8)))
        .put("wait", new JsonArray().add(events))
        .put("emit", new JsonArray().add(events));
  }

  /** The keys are their names: one for each honest client, and one that the attackers share. */
  private static Configuration configuration(String redis, int port) {
    var keys = new JsonArray().add(key("attacker", "*"));
    IntStream.range(0, HONEST).forEach(i -> keys.add(key("honest-" + i, "honest-" + i)));
    var http =
        new JsonObject()
            .put("port", port)
            .put("maxBody", 2_000)
            .put("maxWait", HONEST_TIMEOUT_MS)
            .put("keys", keys);
    var settings =
        new JsonObject()
            .put("redis", new JsonObject().put("connectionString", redis))
            .put("drainTimeout", 0)
            .put("timeout", 20)
            .put("http", http);
    return Configuration.of(settings, Map.of());
  }

  /** As the runnable server makes it. */
  private static Vertx serverVertx() {
    var vertx =
        Vertx.builder()
            .with(new VertxOptions().setMetricsOptions(VertxMeters.options()))
            .withMetrics(new MicrometerMetricsFactory())
            .build();
    MicrometerMetrics.bind(vertx, BackendRegistries.getDefaultNow());
    return vertx;
  }

  /** Clients that wait for events and emit them, each so often a second. */
  private static final class Honest {
    private final Vertx vertx;
    private final HttpClient client;
    private final int port;
    private final AtomicInteger pending = new AtomicInteger();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private List<Long> timers = List.of();
    private int count;

    Honest(Vertx vertx, int port) {
      this.vertx = vertx;
      this.port = port;
      client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(3 * HONEST));
    }

    void start() {
      timers =
          IntStream.range(0, HONEST)
              .mapToObj(
                  i -> vertx.setPeriodic(1 + PERIOD_MS * i / HONEST, PERIOD_MS, id -> cycle(i)))
              .toList();
    }

    private void cycle(int client) {
      pending.incrementAndGet();
      var began = System.nanoTime();
      var path = "/events/honest-%d/%d".formatted(client, ++count);
      var query = "?retained=true&timeout=" + HONEST_TIMEOUT_MS;
      Future.all(
              send(client, HttpMethod.GET, path + query, "", 200),
              send(client, HttpMethod.POST, path + "?retain=20000", "[1]", 202))
          .onComplete(
              done -> {
                nanos.add(System.nanoTime() - began);
                if (done.failed()) {
                  failures.add(String.valueOf(done.cause()));
                }
                pending.decrementAndGet();
              });
    }

    private Future<Void> send(int i, HttpMethod method, String path, String body, int expected) {
      return client
          .request(method, port, HOST, path)
          .compose(request -> request.putHeader("X-API-Key", "honest-" + i).send(body))
          .compose(
              response ->
                  response
                      .body()
                      .compose(
                          answer ->
                              response.statusCode() == expected
                                  ? Future.succeededFuture()
                                  : Future.failedFuture(response.statusCode() + " " + answer)));
    }

    /** Stops, and returns the p99 of the cycles in ms; none may have failed. */
    double stop() {
      timers.forEach(vertx::cancelTimer);
      Await.until(() -> pending.get() == 0);
      assertThat(failures).as("failures of honest clients").isEmpty();
      var sorted = nanos.stream().sorted().toList();
      nanos.clear();
      assertThat(sorted).isNotEmpty();
      return sorted.get(sorted.size() * 99 / 100) / 1e6;
    }
  }

  /** One who attacks, with connections of its own. */
  private static final class Attacker {
    private final Vertx vertx;
    private final int port;
    private final HostileRequests hostile;
    private final HttpClient http;
    private final WebSocketClient sockets;
    private final NetClient net;

    Attacker(Vertx vertx, int port, HostileRequests hostile) {
      this.vertx = vertx;
      this.port = port;
      this.hostile = hostile;
      http =
          vertx.createHttpClient(
              new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(AT_ONCE_EACH));
      sockets = vertx.createWebSocketClient();
      net = vertx.createNetClient();
    }

    /** Does something hostile; what is undocumented in the answer, or "". */
    Future<String> attack(Map<Integer, Integer> statuses) {
      if (hostile.oneIn(ONE_IN)) {
        return hostile.oneIn(2) ? bytes() : messages();
      }
      return request(statuses);
    }

    /** A request that is not answered soon, or whose answer is a stream, is left. */
    private Future<String> request(Map<Integer, Integer> statuses) {
      var next = hostile.request();
      return http.request(next.method(), port, HOST, next.url())
          .compose(
              request -> {
                request.headers().addAll(hostile.headers());
                request.exceptionHandler(cause -> {});
                var timer = vertx.setTimer(PATIENCE_MS, late -> request.reset());
                var status = Promise.<Integer>promise();
                return request
                    .send(Buffer.buffer(next.body()))
                    .compose(
                        response -> {
                          response.exceptionHandler(left -> {});
                          status.tryComplete(response.statusCode());
                          return response.end();
                        })
                    .onComplete(ended -> vertx.cancelTimer(timer))
                    .transform(ended -> Future.succeededFuture(status.future().result()));
              })
          .map(
              status -> {
                statuses.merge(Objects.requireNonNullElse(status, 0), 1, Integer::sum);
                return status == null || next.statuses().contains(status)
                    ? ""
                    : "%s %s %s: %d".formatted(next.method(), next.url(), next.body(), status);
              })
          .otherwise(""); // no connection
    }

    private Future<String> messages() {
      var path = hostile.oneIn(2) ? "/socket" : "/eventbus/websocket";
      var options = new WebSocketConnectOptions().setHost(HOST).setPort(port).setURI(path);
      if (!hostile.oneIn(5)) {
        options.putHeader("X-API-Key", "attacker");
      }
      return sockets.connect(options).compose(this::send).map("").otherwise("");
    }

    private Future<?> send(WebSocket socket) {
      var closed = Promise.<Void>promise();
      socket.closeHandler(closed::tryComplete);
      socket.exceptionHandler(cause -> {});
      while (!hostile.oneIn(10)) {
        if (hostile.oneIn(8)) {
          socket.writeBinaryMessage(hostile.bytes());
        } else {
          socket.writeTextMessage(hostile.message());
        }
      }
      vertx.setTimer(PATIENCE_MS, late -> closed.tryComplete());
      return closed.future().eventually(socket::close);
    }

    private Future<String> bytes() {
      return net.connect(port, HOST)
          .compose(
              socket -> {
                var answered = Promise.<Void>promise();
                socket.handler(part -> answered.tryComplete());
                socket.closeHandler(answered::tryComplete);
                socket.write(hostile.bytes());
                vertx.setTimer(PATIENCE_MS, late -> answered.tryComplete());
                return answered.future().eventually(socket::close);
              })
          .map("")
          .otherwise("");
    }
  }

  private static void attack(List<Attacker> attackers, int requests) {
    var statuses = new TreeMap<Integer, Integer>();
    var undocumented =
        InFlight.run(
            requests, ATTACKERS * AT_ONCE_EACH, i -> attackers.get(i % ATTACKERS).attack(statuses));
    assertThat(undocumented).filteredOn(what -> !what.isEmpty()).as("undocumented").isEmpty();
    Figures.print("an attack of %,d, by status: %s".formatted(requests, statuses));
  }

  @Test
  @OwnRedis({})
  void honestClientsGoOnAsIfNothingWas(Server test) {
    System.out.println("AttackIT: -Dattack.seed=" + SEED);
    var port = TestRedis.freePort();
    var vertx = serverVertx();
    var clients = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    var verticle = new ServerVerticle(configuration(test.redis().url(), port));
    result(vertx.deployVerticle(verticle));
    var honest = new Honest(clients, port);
    var client = clients.createHttpClient();
    var document =
        result(
            client
                .request(HttpMethod.GET, port, HOST, "/openapi.json")
                .compose(request -> request.send())
                .compose(response -> response.body())
                .map(Buffer::toJsonObject));
    var hostile = new HostileRequests(SEED, "attacker", document);
    var attackers =
        IntStream.range(0, ATTACKERS).mapToObj(i -> new Attacker(clients, port, hostile)).toList();

    var log = (Logger) LoggerFactory.getLogger("access");
    log.setLevel(Level.WARN); // it would fill the test's own log
    honest.start();
    attack(attackers, WARM_UP);
    honest.stop();
    var heap = Figures.usedHeap();

    honest.start();
    result(clients.timer(ALONE_MS, TimeUnit.MILLISECONDS));
    var alone = honest.stop();

    var turns = LongestTurn.watch(vertx);
    honest.start();
    var began = System.nanoTime();
    attack(attackers, REQUESTS);
    var took = Figures.msSince(began);
    var attacked = honest.stop();
    var turn = turns.stop();
    Figures.print(
        "p99 of honest clients: %.1f ms alone, %.1f ms beside %,d hostile requests/s, %.1f times"
                .formatted(alone, attacked, REQUESTS * 1_000L / took, attacked / alone)
            + "; longest turn "
            + turn);

    Await.until(() -> test.redis().channels().isEmpty());
    Await.untilAsserted(
        () -> assertThat((double) Figures.usedHeap() / heap).as("heap").isLessThan(1.1));
    Figures.print("heap %,d KiB before, %,d after".formatted(heap >> 10, Figures.usedHeap() >> 10));
    log.setLevel(null);
    result(verticle.drain(vertx));
    result(vertx.close());
    result(clients.close());
  }
}
