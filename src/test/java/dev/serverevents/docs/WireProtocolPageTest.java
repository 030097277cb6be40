package dev.serverevents.docs;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventFailureException;
import dev.serverevents.Job;
import dev.serverevents.RedisServerOptions.PubSub;
import dev.serverevents.StreamEvent;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkerLostException;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.ForeignWorker;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestCluster;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.Traces;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the page on the wire protocol has for redis-cli does what it says. */
@OnlyOnRedis("It runs the commands of a page on Redis.")
@ExtendWith(ServerExtension.class)
class WireProtocolPageTest {

  private static final Pages.Page PAGE = Pages.page("wire-protocol.md");
  private static final String NAME = "orders.priced";
  private static final Object[] ARGS = {42, "EUR"};

  /** The words of the commands below a heading, each as redis-cli takes it. */
  private static List<List<String>> commands(String heading) {
    return PAGE.code("redis", heading).stream()
        .flatMap(String::lines)
        .map(line -> Pages.matches("'((?:[^'\\\\]|\\\\.)*)'|(\\S+)", line))
        .map(
            words ->
                words.stream()
                    .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                    .toList())
        .toList();
  }

  private static List<String> command(String heading) {
    assertThat(commands(heading)).hasSize(1);
    return commands(heading).get(0);
  }

  private static Response send(TestRedis redis, List<String> words) {
    return redis.command(words.get(0), words.subList(1, words.size()).toArray());
  }

  private static Request request(List<String> words) {
    var request = Request.cmd(Command.create(words.get(0)));
    words.subList(1, words.size()).forEach(request::arg);
    return request;
  }

  @Test
  void everySectionWithCommandsIsTestedHere() {
    assertThat(PAGE.blocks("redis").stream().map(Pages.Block::heading))
        .containsExactly(
            "Events",
            "Failures",
            "Progress",
            "Retained events",
            "Direct replies",
            "Idempotent emits",
            "Is there a worker?",
            "Claims and signs of life",
            "Claims and signs of life",
            "Traces",
            "Jobs on a list",
            "Jobs on a list",
            "Jobs on a list",
            "Clusters",
            "Questions to all servers",
            "Questions to all servers",
            "Questions to all servers");
  }

  @Test
  void anEventEndsItsWait(Server server) {
    server.deploy();
    var wait = server.events().listen(NAME, 7);
    result(wait.subscribed());
    assertThat(send(server.redis(), command("Events")).toInteger()).isEqualTo(1);
    assertThat(result(wait.future()).list()).containsExactly(ARGS);
  }

  @Test
  void aFailureEndsItsWait(Server server) {
    server.deploy();
    var wait = server.events().listen(NAME, 7);
    result(wait.subscribed());
    send(server.redis(), command("Failures"));
    assertThat(failure(wait.future()))
        .hasMessage("There is no such item")
        .asInstanceOf(type(EventFailureException.class))
        .satisfies(
            failure -> {
              assertThat(failure.code()).isEqualTo(422);
              assertThat(failure.detail()).isEqualTo(new JsonObject().put("item", "gold"));
            });
  }

  @Test
  void progressReachesAStream(Server server) {
    server.deploy();
    var came = Promise.<StreamEvent>promise();
    var stream = server.events().stream(NAME, 7).handler(came::tryComplete);
    result(stream.subscribed());
    assertThat(send(server.redis(), command("Progress")).toInteger()).isEqualTo(1);
    var event = result(came.future());
    assertThat(event).isInstanceOf(StreamEvent.Progress.class);
    assertThat(event.args().list()).containsExactly(50, "%");
    stream.close();
  }

  @Test
  void aRetainedEventReachesWaitsBeforeAndAfterIt(Server server) {
    server.deploy();
    var wait = server.events().listen(NAME, 7);
    result(wait.subscribed());
    var commands = commands("Retained events");
    assertThat(commands).hasSize(4);
    assertThat(commands.get(0)).containsExactly("MULTI");
    assertThat(commands.get(3)).containsExactly("EXEC");
    server
        .redis()
        .transaction(commands.subList(1, 3).stream().map(WireProtocolPageTest::request).toList());
    assertThat(result(wait.future()).list()).containsExactly(ARGS);
    var later = server.events().on(NAME, 7, WaitOptions.DEFAULT.retained(true));
    assertThat(result(later).list()).containsExactly(ARGS);
  }

  @Test
  void aDirectReplyReachesTheServerThatAsked(Server server) {
    server.deploy();
    var words = command("Direct replies");
    var requested =
        server
            .events()
            .requestDirect(
                NAME,
                7,
                replyTo -> {
                  assertThat(replyTo).matches("\\$inbox:orders\\.priced:.+");
                  assertThat(words.get(1)).matches("\\$inbox:orders\\.priced:.+");
                  var reply = List.of(words.get(0), replyTo, words.get(2));
                  return server.redis().send(request(reply));
                });
    assertThat(result(requested).list()).containsExactly(ARGS);
  }

  @Test
  @OwnRedis({})
  void anIdempotentEmitHappensOnce(Server server) throws IOException {
    server.deploy();
    var load = PAGE.code("sh", "Idempotent emits").get(0);
    assertThat(load).startsWith("redis-cli -x FUNCTION LOAD REPLACE < ");
    var library = Files.readString(Path.of(load.substring(load.indexOf('<') + 1).strip()));
    server.redis().command("FUNCTION", "LOAD", "REPLACE", library);
    var wait = server.events().listen(NAME, 7);
    result(wait.subscribed());
    var words = command("Idempotent emits");
    var outcome = send(server.redis(), words).toString();
    assertThat(outcome).isEqualTo(words.get(9) + " 1");
    assertThat(result(wait.future()).list()).containsExactly(ARGS);
    assertThat(send(server.redis(), words).toString()).isEqualTo(outcome);
    var again =
        server.events().emit(EmitOptions.DEFAULT.idempotencyKey("job-81"), NAME, 7, 42, "EUR");
    assertThat(result(again)).as("of the first, since it is the same").isEqualTo(1);
  }

  @Test
  void aWorkerOfANameIsCounted(Server server) {
    server.deploy();
    var question = command("Is there a worker?");
    var channel = "$serves:" + NAME;
    assertThat(send(server.redis(), question))
        .extracting(Response::toString)
        .containsExactly(channel, "0");
    var worker = server.events().work(NAME, job -> Future.succeededFuture());
    result(worker.ready());
    assertThat(send(server.redis(), question))
        .extracting(Response::toString)
        .containsExactly(channel, "1");
    result(worker.close());
  }

  @Test
  void aClaimAndSignsOfLifeReachTheServerThatAsked(Server server) {
    server.deploy();
    var commands = commands("Claims and signs of life");
    assertThat(commands).hasSize(3);
    var handedOver = Promise.<Job>promise();
    var wait =
        server
            .events()
            .listen(
                NAME,
                7,
                WaitOptions.DEFAULT.timeout(60_000).watchWorker(),
                job -> Future.succeededFuture(handedOver.tryComplete(job)));
    var claimTo = Objects.requireNonNull(result(handedOver.future()).claimTo());
    try (var worker = ForeignWorker.unnamed(server.broker(), "worker-1")) {
      for (var words : commands) {
        assertThat(words.get(1)).matches("\\$inbox:orders\\.priced:.+");
        var said = List.of(words.get(0), claimTo, words.get(2));
        assertThat(send(server.redis(), said).toInteger()).as("%s", words).isEqualTo(1);
      }
      var alive = "[\"$alive\",\"" + claimTo + "\"]";
      Await.untilAsserted(() -> assertThat(worker.told()).containsExactly(alive));
    }
    var lost = (WorkerLostException) failure(wait.future());
    assertThat(lost.cause()).isEqualTo(Cause.WORKER_LOST);
    assertThat(lost.worker()).isEqualTo("worker-1");
    assertThat(lost.timeline().progress()).isGreaterThanOrEqualTo(lost.timeline().claimed());
  }

  @Test
  void aWaitHasALinkToTheWorkThatItsClaimRefersTo(Server server) {
    var traces = Traces.of(server.vertx());
    server.deploy();
    var options = WaitOptions.DEFAULT.timeout(60_000).watchWorker();
    var handedOver = Promise.<Job>promise();
    var wait =
        server
            .events()
            .listen(NAME, 7, options, job -> Future.succeededFuture(handedOver.tryComplete(job)));
    var job = result(handedOver.future());
    assertThat(job.headers().get("traceparent"))
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    var words = command("Traces");
    var claim = List.of(words.get(0), String.valueOf(job.claimTo()), words.get(2));
    assertThat(send(server.redis(), claim).toInteger()).isEqualTo(1);
    result(server.events().emit(NAME, 7));
    result(wait.future());
    assertThat(traces.span("wait " + NAME).getLinks())
        .singleElement()
        .satisfies(link -> assertThat(words.get(2)).contains(link.getSpanContext().getSpanId()));
  }

  @Test
  void aJobIsPushedTakenGivenBackAndDone(Server server) {
    var redis = server.redis();
    var commands = commands("Jobs on a list");
    var push = commands.get(0);
    for (var command : commands.subList(0, 2)) {
      assertThat(send(redis, command).toInteger()).as("%s", command).isEqualTo(1);
    }
    send(redis, push);
    assertThat(send(redis, commands.get(2)).toInteger()).isEqualTo(1);
    var taken = send(redis, commands.get(3)).toString();
    assertThat(taken).isEqualTo(push.get(2));
    assertThat(Job.from(taken).toJson().encode()).isEqualTo(taken);
    assertThat(send(redis, commands.get(4)).toInteger()).isEqualTo(1);

    send(redis, push);
    send(redis, commands.get(3));
    assertThat(commands.get(5)).containsExactly("MULTI");
    redis.transaction(List.of(request(commands.get(6))));
    assertThat(commands.get(7)).containsExactly("EXEC");
    assertThat(send(redis, commands.get(8)).toInteger()).isEqualTo(1);

    server.deploy();
    var worker = server.events().work(NAME, job -> Future.succeededFuture(job.data()));
    var wait = server.events().listen(NAME, 7, WaitOptions.DEFAULT.retained(true));
    assertThat(result(wait.future()).get(0))
        .isEqualTo(new JsonObject().put("item", "tea").put("quantity", 2));
    result(worker.close());
  }

  @Test
  void aShardedEventEndsItsWait(Server server) {
    try (var cluster = new TestCluster(1, 0)) {
      server.deploy(server.options().setRedis(cluster.options(PubSub.SHARDED, 0)));
      var wait = server.events().listen(NAME, 7);
      result(wait.subscribed());
      assertThat(send(cluster.nodes().get(0), command("Clusters")).toInteger()).isEqualTo(1);
      assertThat(result(wait.future()).list()).containsExactly(ARGS);
      server.undeploy();
    }
  }

  @Test
  void aServerHearsItselfOnAnInboxOfItsOwn(Server server) {
    server.deploy();
    Await.until(() -> server.redis().allChannels().contains("$servers"));
    assertThat(server.redis().allChannels())
        .filteredOn(channel -> !channel.equals("$servers"))
        .singleElement()
        .satisfies(channel -> assertThat(channel).matches("\\$inbox:\\$[^:]+"));
  }

  @Test
  void whoAsksAllServersIsAnswered(Server server) {
    server.deploy();
    var commands = commands("Questions to all servers");
    Await.until(() -> server.redis().allChannels().contains("$servers"));
    send(server.redis(), commands.get(2)); // the last words of another server
    var wait = server.events().listen(NAME, 8);
    result(wait.subscribed()); // behind them
    var answers = new CopyOnWriteArrayList<String>();
    var inbox = server.broker().subscribe(List.of("$inbox:$kJ8sQz2LmW0a"), answers::add);
    assertThat(send(server.redis(), commands.get(0)).toInteger()).isEqualTo(1);
    Await.until(() -> answers.size() == 1);
    send(server.redis(), commands.get(1)); // as a server answers
    Await.until(() -> answers.size() == 2);
    inbox.close();
    var own = new JsonArray(answers.get(0));
    var shown = new JsonArray(answers.get(1));
    assertThat(own.getString(0)).isEqualTo(shown.getString(0));
    assertThat(own.getString(1)).isEqualTo(own.getJsonObject(2).getString("server"));
    assertThat(own.getJsonObject(2).fieldNames())
        .containsExactlyElementsOf(shown.getJsonObject(2).fieldNames());
    var inherited = own.getJsonObject(2).getJsonArray("steps");
    assertThat(inherited).hasSize(1);
    assertThat(inherited.getJsonObject(0).getString("cause")).isEqualTo("draining");
    wait.cancel();
  }

  @Test
  void thePageSaysWhyPayloadsAreDropped(Server server) {
    var verticle = server.deploy();
    var wait = server.events().listen(NAME, 7);
    result(wait.subscribed());
    var wrong =
        Arrays.asList(
            "[42,\"EUR\"",
            "[\"orders.priced\",7]x",
            "[".repeat(501) + "]".repeat(501),
            "{}",
            "[\"orders.priced\"]",
            "[\"orders.priced\",7,{\"$failure\":{\"code\":1.5}}]",
            "[\"orders.priced\",7,\"" + "x".repeat(1 << 20) + "\"]");
    wrong.forEach(payload -> server.redis().command("PUBLISH", "orders.priced:7", payload));
    server.redis().command("PUBLISH", "orders.priced:7", "[42,\"EUR\"]"); // of another event
    server.redis().command("PUBLISH", "orders.priced:7", "[\"orders.priced\",7.0]"); // and this
    assertThat(wait.future().isComplete()).isFalse();
    send(server.redis(), command("Events"));
    assertThat(result(wait.future()).list()).containsExactly(ARGS);
    assertThat(verticle.droppedPayloads()).isEqualTo(wrong.size());
  }
}
