package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README's code is this code: every Java block of it stands here, and runs. */
@ExtendWith(ServerExtension.class)
class ReadmeTest {

  private static final Path README = Path.of("README.md");
  private static final Path THIS = Path.of("src/test/java/dev/serverevents/ReadmeTest.java");

  private static final class Main extends VerticleBase {
    private final String redisUrl;

    Main(String redisUrl) {
      this.redisUrl = redisUrl;
    }

    @Override
    public Future<?> start() {
      var redis = new JsonObject().put("connectionString", redisUrl);
      var config = new JsonObject().put("redis", redis);
      return vertx.deployVerticle(
          new ServerEventsVerticle(), new DeploymentOptions().setConfig(config));
    }
  }

  private static final class Waiting extends VerticleBase {
    @Override
    public Future<?> start() {
      var events = ServerEvents.create(vertx);
      events
          .on("pi event", 314, 5000)
          .onSuccess(args -> System.out.println(args.get(0) + ", " + args.get(1, Integer.class)))
          .onFailure(timeout -> System.out.println(timeout.getMessage()));
      return events.listen("pi event", 314).subscribed();
    }
  }

  private static Future<Integer> emit(ServerEvents events) {
    return events.emit("pi event", 314, "arg1", 1, new JsonObject().put("type", "object"));
  }

  private static Future<EventArgs> retained(ServerEvents events, int price) {
    events.emit(EmitOptions.retain(Duration.ofMinutes(1)), "order priced", 7, price);
    var priced = events.on("order priced", 7, WaitOptions.DEFAULT.retained(true));
    return priced;
  }

  /** The reader's job. */
  private record Job(int id, String replyTo) {}

  /** The reader's queue of those. */
  private interface Jobs {
    Future<?> push(Job job);
  }

  private static Future<EventArgs> direct(ServerEvents events, Jobs queue) {
    return events.requestDirect("order priced", 7, replyTo -> queue.push(new Job(7, replyTo)));
  }

  private static Future<Integer> reply(ServerEvents events, Job job, int price) {
    return events.reply(job.replyTo(), "order priced", job.id(), price);
  }

  private static Future<Integer> progress(ServerEvents events) {
    var emitted = events.emitProgress("order priced", 7, 50, "%");
    return emitted;
  }

  private static EventStream stream(ServerEvents events) {
    return events.stream("order priced", 7).handler(event -> System.out.println(event.toJson()));
  }

  /** The reader's queue, and its worker. */
  private interface Queue {
    Future<?> push(RoutingContext ctx);
  }

  private static void endpoint(Router router, ServerEvents events, Queue queue) {
    router
        .get("/orders/:id")
        .handler(
            ctx ->
                events
                    .request("order priced", ctx.pathParam("id"), () -> queue.push(ctx))
                    .onSuccess(args -> ctx.json(args.get(0)))
                    .onFailure(ctx::fail));
  }

  private static void routes(Vertx vertx, Router router, ServerEvents events) {
    var api = Router.router(vertx);
    ServerEventsRoutes.mount(api, events);
    router.route("/live/*").subRouter(api);
    Problems.handleErrors(router);
  }

  private static List<MatchResult> matches(String regex, String text) {
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).results().toList();
  }

  private static String withoutSpace(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void everyJavaBlockOfTheReadmeStandsInThisFile() throws IOException {
    var code = withoutSpace(Files.readString(THIS));
    var blocks = matches("```java\n(.*?)```", Files.readString(README));
    assertThat(blocks).hasSizeGreaterThan(4);
    blocks.forEach(block -> assertThat(code).contains(withoutSpace(block.group(1))));
  }

  @Test
  void theCoordinatesAreThoseOfThePom() throws IOException {
    var pom = Files.readString(Path.of("pom.xml"));
    var lines = matches("```xml\n(.*?)```", Files.readString(README)).get(0).group(1).lines();
    assertThat(lines.filter(line -> line.contains("Id>") || line.contains("<version>")))
        .hasSize(3)
        .allSatisfy(line -> assertThat(pom).contains(line.strip()));
  }

  @Test
  void theVerticleIsDeployedAndAWaitGetsWhatIsEmitted(Server server) {
    result(server.vertx().deployVerticle(new Main(server.redis().url())));
    result(server.vertx().deployVerticle(new Waiting()));
    var wait = server.events().listen("pi event", 314);
    result(wait.subscribed());
    assertThat(result(emit(server.events()))).isEqualTo(1);
    assertThat(result(wait.future()).list())
        .containsExactly("arg1", 1, new JsonObject().put("type", "object"));
  }

  @Test
  void aDirectRequestIsAnsweredByItsReply(Server server) {
    server.deploy();
    var events = server.events();
    assertThat(result(direct(events, job -> reply(events, job, 5))).get(0)).isEqualTo(5);
  }

  @Test
  void aRetainedWaitFindsWhatWasEmittedBefore(Server server) {
    server.deploy();
    assertThat(result(retained(server.events(), 5)).get(0)).isEqualTo(5);
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
  void anEndpointAnswersWithTheResultOfItsJob(Server server) {
    server.deploy();
    var api = new Api();
    result(server.vertx().deployVerticle(api));
    assertThat(result(api.get("/orders/7"))).isEqualTo("{\"price\":7}");
    assertThat(result(api.get("/live/health"))).isEqualTo("{\"status\":\"UP\"}");
    assertThat(result(api.get("/nowhere"))).contains("Not Found");
  }

  private static final class Api extends VerticleBase {
    private final AtomicReference<Integer> port = new AtomicReference<>();

    @Override
    public Future<?> start() {
      var router = Router.router(vertx);
      var events = ServerEvents.create(vertx);
      endpoint(router, events, ctx -> price(events, ctx.pathParam("id")));
      routes(vertx, router, events);
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(listening -> port.set(listening.actualPort()));
    }

    private static Future<?> price(ServerEvents events, String id) {
      var priced = new JsonObject().put("price", Integer.valueOf(id));
      return events.emit("order priced", id, priced);
    }

    Future<String> get(String path) {
      var client = vertx.createHttpClient();
      return client
          .request(HttpMethod.GET, port.get(), "127.0.0.1", path)
          .compose(request -> request.send().compose(response -> response.body()))
          .map(Object::toString)
          .eventually(client::close);
    }
  }
}
