package dev.serverevents.docs;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventResults;
import dev.serverevents.EventStream;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.FirstEvent;
import dev.serverevents.IdempotencyException;
import dev.serverevents.IncompleteException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.NoWorkerException;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import dev.serverevents.WorkerLostException;
import dev.serverevents.internal.Ending;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.web.Problems;
import dev.serverevents.web.RoutesOptions;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.UsernamePasswordCredentials;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BasicAuthHandler;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pieces of code of the page on Java, each in a method of its own, run. */
@OnlyOnRedis("It runs the code of a page, which says where Redis is.")
@ExtendWith(ServerExtension.class)
class JavaPageTest {

  private static Future<String> deploy(Vertx vertx, String redisUrl) {
    var deployed = vertx.deployVerticle(ServerEventsVerticle.of(redisUrl));
    return deployed;
  }

  private static Future<String> deployOneThatOnlyEmits(Vertx vertx, String redisUrl) {
    var options = new ServerEventsOptions().setConnectionString(redisUrl).setListen(false);
    var deployed = vertx.deployVerticle(new ServerEventsVerticle(options));
    return deployed;
  }

  private static Future<String> deployFromJson(Vertx vertx, String redisUrl) {
    var redis = new JsonObject().put("connectionString", redisUrl);
    var config = new JsonObject().put("redis", redis).put("timeout", 5_000);
    var deployment = new DeploymentOptions().setConfig(config);
    var deployed = vertx.deployVerticle(ServerEventsVerticle.class, deployment);
    return deployed;
  }

  private static Future<String> deployOneForEachLoop(Vertx vertx, String redisUrl) {
    var options = new ServerEventsOptions().setConnectionString(redisUrl);
    var each = new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE);
    var deployed = vertx.deployVerticle(() -> new ServerEventsVerticle(options), each);
    return deployed;
  }

  private static ServerEvents create(Vertx vertx) {
    var events = ServerEvents.create(vertx);
    return events;
  }

  private static void on(ServerEvents events) {
    events
        .on("orders.priced", 7, 5_000)
        .onSuccess(args -> System.out.println(args.get(0, Integer.class) + " " + args.get(1)))
        .onFailure(cause -> System.out.println(cause.getMessage()));
  }

  private static EventWait listenAndCancel(ServerEvents events) {
    var wait = events.listen("orders.priced", 7);
    wait.subscribed().onSuccess(confirmed -> System.out.println("What is emitted now is heard"));
    wait.future().onSuccess(args -> System.out.println(args));
    wait.cancel();
    return wait;
  }

  private static Future<EventResults> onAll(ServerEvents events) {
    var priced = events.onAll("orders.priced", List.of(7, 8, 9), 2);
    priced.onSuccess(
        prices -> System.out.println(prices.results() + " came, not " + prices.missing()));
    return priced;
  }

  private static Future<FirstEvent> onAny(ServerEvents events) {
    var cheapest = events.onAny("orders.priced", List.of(7, 8));
    cheapest.onSuccess(first -> System.out.println(first.id() + ": " + first.args()));
    return cheapest;
  }

  private static Future<Integer> emit(ServerEvents events) {
    var emitted =
        events.emit("orders.priced", 7, 42, "EUR", new JsonObject().put("discount", true));
    emitted.onSuccess(receivers -> System.out.println(receivers + " servers have got it"));
    return emitted;
  }

  private static void endpoint(Router router, ServerEvents events, RedisAPI redis) {
    router
        .post("/orders/:id/price")
        .handler(
            ctx -> {
              var id = ctx.pathParam("id");
              events
                  .request("orders.priced", id, 5_000, () -> redis.rpush(List.of("price jobs", id)))
                  .onSuccess(args -> ctx.json(args.get(0)))
                  .onFailure(ctx::fail);
            })
        .failureHandler(Problems::answer);
  }

  private static Future<EventArgs> requestDirect(ServerEvents events, RedisAPI redis) {
    var priced =
        events.requestDirect(
            "orders.priced",
            7,
            replyTo -> {
              var job = new JsonObject().put("id", 7).put("replyTo", replyTo);
              return redis.rpush(List.of("price jobs", job.encode()));
            });
    return priced;
  }

  private static Future<Integer> reply(ServerEvents events, JsonObject job) {
    var replied = events.reply(job.getString("replyTo"), "orders.priced", job.getInteger("id"), 42);
    return replied;
  }

  private static Future<EventArgs> requestOfAJob(ServerEvents events) {
    var jobs = events.jobList("orders.priced");
    var options = WaitOptions.DEFAULT.timeout(5_000).requireWorker();
    var order = new JsonObject().put("item", "tea").put("quantity", 2);
    var priced = events.request("orders.priced", 7, options, job -> jobs.push(job.data(order)));
    return priced;
  }

  private static Worker work(ServerEvents events) {
    var worker =
        events.work(
            "orders.priced",
            job -> {
              var order = (JsonObject) job.data();
              return order.getString("item").equals("tea")
                  ? job.progress(50, "%").map(told -> 3 * order.getInteger("quantity"))
                  : job.fail(422, "There is no such item", order.getString("item"));
            });
    return worker;
  }

  private static Worker workForLong(Vertx vertx, ServerEvents events) {
    var jobs = events.jobList("reports");
    var options = WorkOptions.DEFAULT.concurrency(4).emit(EmitOptions.retain(Duration.ofHours(1)));
    var worker =
        events.work(
            "report written",
            jobs,
            options,
            job ->
                vertx.executeBlocking(
                    () -> {
                      var lines = new JsonArray();
                      while (lines.size() < 1_000 && !job.isCancelled()) {
                        lines.add("one more line");
                      }
                      return lines;
                    }));
    return worker;
  }

  private static Future<Integer> fail(ServerEvents events) {
    var failed = events.emitFailure("orders.priced", 7, 422, "There is no such item", "gold");
    return failed;
  }

  private static Future<EventArgs> retained(ServerEvents events) {
    events.emit(EmitOptions.retain(Duration.ofMinutes(1)), "orders.priced", 7, 42);
    var priced = events.on("orders.priced", 7, WaitOptions.DEFAULT.retained(true));
    return priced;
  }

  private static Future<Integer> idempotent(ServerEvents events) {
    var options = EmitOptions.DEFAULT.idempotencyKey("job-81");
    var emitted = events.emit(options, "orders.priced", 7, 42);
    return emitted;
  }

  private static Future<Integer> progress(ServerEvents events) {
    var told = events.emitProgress("orders.priced", 7, 50, "%");
    return told;
  }

  private static EventStream stream(ServerEvents events) {
    var options = StreamOptions.DEFAULT.timeout(Duration.ofMinutes(5));
    var stream = events.stream("orders.priced", 7, options);
    stream
        .handler(event -> System.out.println(event.toJson()))
        .exceptionHandler(cause -> System.out.println(cause.getMessage()))
        .endHandler(end -> System.out.println("That was all"));
    return stream;
  }

  private static void mount(Vertx vertx, Router router, ServerEvents events) {
    var api = Router.router(vertx);
    ServerEventsRoutes.mount(api, events);
    router.route("/live/*").subRouter(api);
    Problems.handleErrors(router);
  }

  private static void mount(Router api, ServerEvents events, AuthenticationProvider users) {
    var options = new RoutesOptions().setMaxWait(30_000);
    options.setAuthentication(BasicAuthHandler.create(users));
    options.setAccess(
        (user, action, name) -> user != null && name.startsWith(user.subject() + "."));
    ServerEventsRoutes.mount(api, events, options);
  }

  private static void watch(ServerEvents events) {
    events
        .onReady(() -> System.out.println("Both connections are up"))
        .onError((store, cause) -> System.out.println(store + ": " + cause.getMessage()));
  }

  private static void explain(ServerEvents events) {
    events
        .explain("orders.priced", 7)
        .onSuccess(told -> System.out.println(told.cause() + ": " + told.says()));
    events.overview().onSuccess(all -> all.servers().forEach(System.out::println));
  }

  private static void end(Vertx vertx, String deploymentId) {
    vertx.undeploy(deploymentId).otherwiseEmpty().await();
    vertx.close().await();
  }

  private static Future<Message<JsonArray>> onTheBus(Vertx vertx) {
    var wait = new JsonObject().put("name", "orders.priced").put("id", 7).put("timeout", 5_000);
    var reply = vertx.eventBus().<JsonArray>request("server-events.on", wait);
    reply.onSuccess(message -> System.out.println(message.body().getInteger(0)));
    return reply;
  }

  private static void awaitSubscribed(Server server) {
    Await.until(() -> server.redis().channels().contains("orders.priced:7"));
  }

  private static RedisAPI redis(Server server) {
    return RedisAPI.api(Redis.createClient(server.vertx(), server.redis().url()));
  }

  /** A worker that takes one job from the list. */
  private static Future<String> job(RedisAPI redis) {
    return redis.blpop(List.of("price jobs", "10")).map(taken -> taken.get(1).toString());
  }

  @Test
  void aWorkerDoesTheJobOfARequest(Server server) {
    server.deploy();
    var events = server.events();
    var worker = work(events);
    var longer = workForLong(server.vertx(), events);
    result(Future.all(worker.ready(), longer.ready()));
    assertThat(result(requestOfAJob(events)).get(0)).isEqualTo(6);
    var reports = events.jobList("reports");
    var report = events.request("report written", 1, job -> reports.push(job));
    assertThat((JsonArray) result(report).get(0)).hasSize(1_000);
    result(Future.all(worker.close(), longer.close()));
  }

  @Test
  void theVerticleIsDeployedAndAWaitGetsWhatIsEmitted(Server server) {
    result(deploy(server.vertx(), server.redis().url()));
    on(server.events());
    awaitSubscribed(server);
    assertThat(result(emit(server.events()))).isEqualTo(1);
    Await.until(() -> server.redis().channels().isEmpty());
    server.undeploy();
    result(deployOneThatOnlyEmits(server.vertx(), server.redis().url()));
    Await.until(() -> server.redis().connections().size() == 1);
    server.undeploy();
    result(deployOneForEachLoop(server.vertx(), server.redis().url()));
    assertThat(server.events().isReady()).isTrue();
    server.undeploy();
    result(deployFromJson(server.vertx(), server.redis().url()));
    var events = create(server.vertx());
    assertThat(events.timeout()).isEqualTo(5_000);
    assertThat(failure(listenAndCancel(events).future()))
        .isInstanceOf(WaitCancelledException.class);
    result(events.close());
  }

  @Test
  void severalAreWaitedFor(Server server) {
    server.deploy();
    var all = onAll(server.events());
    var any = onAny(server.events());
    Await.until(() -> server.redis().channels().size() == 3);
    result(server.events().emit("orders.priced", 9, 41));
    result(emit(server.events()));
    assertThat(result(all).results().keySet()).containsExactly("7", "9");
    assertThat(result(any).id()).isEqualTo("7");
  }

  @Test
  void aDirectRequestIsAnsweredByItsReply(Server server) {
    server.deploy();
    var redis = redis(server);
    var events = server.events();
    var priced = requestDirect(events, redis);
    Future<Integer> replied = job(redis).compose(job -> reply(events, new JsonObject(job)));
    assertThat(result(replied)).isEqualTo(1);
    assertThat(result(priced).get(0)).isEqualTo(42);
    redis.close();
  }

  @Test
  void aFailureEndsTheWait(Server server) {
    server.deploy();
    var wait = server.events().listen("orders.priced", 7);
    result(wait.subscribed());
    result(fail(server.events()));
    assertThat(failure(wait.future())).isInstanceOf(EventFailureException.class);
  }

  @Test
  void aRetainedWaitFindsWhatWasEmittedBefore(Server server) {
    server.deploy();
    assertThat(result(retained(server.events())).get(0)).isEqualTo(42);
  }

  @Test
  @OwnRedis({})
  void anIdempotentEmitHappensOnce(Server server) {
    server.deploy();
    var wait = server.events().listen("orders.priced", 7);
    result(wait.subscribed());
    assertThat(result(idempotent(server.events()))).isEqualTo(1);
    result(wait.future());
    assertThat(result(idempotent(server.events()))).as("as the first").isEqualTo(1);
  }

  @Test
  void aStreamHearsTheProgress(Server server) {
    server.deploy();
    var stream = stream(server.events());
    result(stream.subscribed());
    assertThat(result(progress(server.events()))).isEqualTo(1);
    stream.close();
  }

  @Test
  void aVerticleOfAnyLanguageWaitsOnTheEventBus(Server server) {
    server.deploy();
    var reply = onTheBus(server.vertx());
    awaitSubscribed(server);
    result(emit(server.events()));
    assertThat(result(reply).body().getInteger(0)).isEqualTo(42);
  }

  @Test
  void theEndIsInOrder() {
    var redis = TestRedis.shared();
    var vertx = Vertx.vertx();
    var id = result(deploy(vertx, redis.url()));
    watch(ServerEvents.create(vertx));
    explain(ServerEvents.create(vertx));
    end(vertx, id);
    Await.until(() -> redis.connections().isEmpty());
  }

  @Test
  void anEndpointAnswersWithTheResultOfItsJobBesideTheRoutes(Server server) {
    server.deploy();
    var api = new Api(redis(server));
    result(server.vertx().deployVerticle(api));
    var answer = api.send(HttpMethod.POST, "/orders/7/price", "");
    var events = server.events();
    result(job(api.redis).compose(id -> events.emit("orders.priced", id, 42)));
    assertThat(result(answer).statusCode()).isEqualTo(200);
    assertThat(result(api.send(HttpMethod.GET, "/live/health", "")).statusCode()).isEqualTo(200);
    assertThat(result(api.send(HttpMethod.GET, "/nowhere", "")).statusCode()).isEqualTo(404);
    var event = "/own/events/ann.priced/7";
    assertThat(result(api.send(HttpMethod.POST, event, "")).statusCode()).isEqualTo(401);
    assertThat(result(api.send(HttpMethod.POST, event, "YW5uOng=")).statusCode()).isEqualTo(202);
    var other = "/own/events/bob.priced/7";
    assertThat(result(api.send(HttpMethod.POST, other, "YW5uOng=")).statusCode()).isEqualTo(403);
    result(server.events().close());
    api.redis.close();
  }

  /** Beside the endpoint it has the routes twice: open ones, and those of users of its own. */
  private static final class Api extends VerticleBase {
    private final RedisAPI redis;
    private final AtomicInteger port = new AtomicInteger();

    Api(RedisAPI redis) {
      this.redis = redis;
    }

    @Override
    public Future<?> start() {
      var router = Router.router(vertx);
      var events = ServerEvents.create(vertx);
      endpoint(router, events, redis);
      var own = Router.router(vertx);
      mount(
          own,
          events,
          credentials ->
              Future.succeededFuture(
                  User.fromName(((UsernamePasswordCredentials) credentials).getUsername())));
      router.route("/own/*").subRouter(own);
      mount(vertx, router, events);
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(listening -> port.set(listening.actualPort()));
    }

    Future<HttpClientResponse> send(HttpMethod method, String path, String user) {
      var client = vertx.createHttpClient();
      return client
          .request(method, port.get(), "127.0.0.1", path)
          .compose(
              request -> {
                if (!user.isEmpty()) {
                  request.putHeader("Authorization", "Basic " + user);
                }
                return request.send();
              })
          .compose(response -> response.end().map(response))
          .eventually(client::close);
    }
  }

  private static Stream<ServerEventsException> exceptions() {
    return Stream.of(
        new EventTimeoutException("orders.priced", "7", 1),
        new UnavailableException(Cause.REDIS_AWAY, "away"),
        new NoWorkerException("orders.priced", "7"),
        WorkerLostException.gone("orders.priced", "7", "worker-3"),
        WorkerLostException.stalled("orders.priced", "7", "worker-3", 500),
        EventTimeoutException.neverClaimed("orders.priced", "7", 1),
        new InvalidInputException("id", 1.5, "must be a string or an integer"),
        new IncompleteException(
            "orders.priced",
            2,
            new EventResults(Map.of(), Map.of(), List.of("7", "8")),
            new EventTimeoutException("orders.priced", "7", 1)),
        new QuotaException(429, "too much", 1),
        new WaitCancelledException(Cause.CANCELLED, "cancelled"));
  }

  @Test
  void theTableOfCausesHasThemAllWithTheirStatus() {
    var page = Pages.page("java.md");
    assertThat(page.column("Causes", "(?!cause\\b)[a-z-]+"))
        .containsExactlyElementsOf(Stream.of(Cause.values()).map(Cause::word).toList());
    Stream.concat(
            exceptions(),
            Stream.of(
                new EventFailureException("orders.priced", "7", 1, "no", null),
                IdempotencyException.inProgress("k"),
                IdempotencyException.differs("k"),
                new ReplyException(ReplyFailure.NO_HANDLERS),
                new IllegalStateException()))
        .map(Ending::of)
        .forEach(
            ending ->
                assertThat(page.text())
                    .containsPattern(
                        "\\| `%s` \\|[^|]*\\b%d\\b[^|]*\\|[^|]+\\|[^|]+\\|"
                            .formatted(ending.cause().word(), ending.status())));
  }

  @Test
  void theTableOfEndsHasTheStatusOfEachException() {
    var page = Pages.page("java.md").text();
    var rows = Pages.matches("(?m)^\\|.*\\| `(\\w+Exception)`.*\\| (.*) \\|$", page);
    var named = rows.stream().map(row -> row.group(1)).collect(Collectors.toSet());
    var expected = new TreeSet<>(Set.of("EventFailureException"));
    exceptions()
        .forEach(
            exception -> {
              var type = exception.getClass().getSimpleName();
              expected.add(type);
              assertThat(rows)
                  .filteredOn(row -> row.group(1).equals(type))
                  .singleElement()
                  .satisfies(
                      row -> assertThat(row.group(2)).contains(String.valueOf(exception.status())));
            });
    assertThat(named).isEqualTo(expected);
  }
}
