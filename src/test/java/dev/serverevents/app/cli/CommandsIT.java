package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventFailureException;
import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.CommandProcess;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the runnable jar, each in a process of its own, on Redis and at a server. Those
 * of a test run at the same time.
 */
@ExtendWith(ServerExtension.class)
class CommandsIT {

  private static final String NAME = "orders.priced";

  private static final String[] COMMANDS = {
    "serve",
    "wait",
    "emit",
    "fail",
    "progress",
    "stream",
    "request",
    "work",
    "bench",
    "context",
    "conformance",
    "completion"
  };

  @TempDir private Path home;

  /** A process of a user who has no contexts. */
  private CommandProcess start(List<String> arguments) {
    return CommandProcess.start(
        Map.of("XDG_CONFIG_HOME", home.toString()), arguments.toArray(String[]::new));
  }

  private CommandProcess start(Place place, String... arguments) {
    return start(Stream.concat(Stream.of(arguments), place.options().stream()).toList());
  }

  /** Where a command is told to do what it does. */
  private record Place(List<String> options) {
    static Place of(String... options) {
      return new Place(List.of(options));
    }
  }

  private static Place redis(Server server) {
    return Place.of("--redis", server.redis().url());
  }

  private static final class Routes extends VerticleBase {
    private int port;

    @Override
    public Future<?> start() {
      var router = Router.router(vertx);
      var events = ServerEvents.create(vertx);
      ServerEventsRoutes.mount(router, events);
      router
          .get("/console/api/overview")
          .handler(ctx -> events.overview().onSuccess(all -> ctx.json(all.toJson())));
      Problems.handleErrors(router);
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(listening -> port = listening.actualPort());
    }
  }

  /** Serves HTTP on the Redis of a test. */
  private static Place http(Server server) {
    var routes = new Routes();
    Await.result(server.vertx().deployVerticle(routes));
    return Place.of("--url", "http://127.0.0.1:" + routes.port);
  }

  private static void assertEnds(CommandProcess process, int code, String output, String... says) {
    assertThat(process.code()).as(process.errors()).isEqualTo(code);
    assertThat(process.output()).isEqualTo(output);
    if (says.length == 0) {
      assertThat(process.errors()).isEmpty();
    } else {
      assertThat(process.errors()).contains(says).doesNotContain("\tat ");
    }
  }

  @Test
  @OwnRedis({})
  void whatEndsAWaitIsTheSameOnRedisAndOverHttp(Server server) {
    server.deploy();
    var events = server.events();
    Await.result(events.emit(EmitOptions.retain(Duration.ofMinutes(1)), NAME, "kept", 42, "EUR"));
    Await.result(
        events.emitFailure(
            EmitOptions.retain(Duration.ofMinutes(1)),
            NAME,
            "failed",
            422,
            "There is no such item",
            new JsonObject().put("item", "gold")));
    var places = List.of(redis(server), http(server));
    var kept = new ArrayList<CommandProcess>();
    var failed = new ArrayList<CommandProcess>();
    var timedOut = new ArrayList<CommandProcess>();
    var withoutWorker = new ArrayList<CommandProcess>();
    for (var place : places) {
      kept.add(start(place, "wait", NAME, "kept", "--retained", "-o", "jsonl"));
      failed.add(start(place, "wait", NAME, "failed", "--retained", "-o", "json"));
      timedOut.add(start(place, "wait", NAME, "never", "--timeout", "2s"));
      withoutWorker.add(start(place, "wait", NAME, "never", "--require-worker"));
    }
    kept.forEach(process -> assertEnds(process, 0, "[42,\"EUR\"]\n"));
    for (var process : failed) {
      assertThat(process.code()).isEqualTo(3);
      assertThat(process.output()).isEmpty();
      var said = new JsonObject(process.errors());
      assertThat(said.getString("cause")).isEqualTo("failure");
      assertThat(said.getInteger("code")).isEqualTo(422);
      assertThat(said.getString("detail")).isEqualTo("There is no such item");
      assertThat(said.getJsonObject("data").getString("item")).isEqualTo("gold");
    }
    timedOut.forEach(process -> assertEnds(process, 4, "", "no-event: ", "\"never\"", "2000 ms"));
    withoutWorker.forEach(process -> assertEnds(process, 6, "", "no-worker: "));
  }

  @Test
  void whatCannotBeDoneEndsWithACodeAndOneLine() {
    var noRedis = start(Place.of("--redis", "redis://:secret@127.0.0.1:1"), "emit", NAME, "1");
    var noServer = start(Place.of("--url", "http://127.0.0.1:1"), "emit", NAME, "1");
    var noId = start(Place.of(), "wait", NAME);
    var noSuchCommand = start(Place.of(), "wiat", NAME, "1");
    var noSuchName = start(Place.of("--context", "nowhere"), "wait", NAME, "1");
    var noJobs = start(Place.of("--url", "http://127.0.0.1:1"), "request", NAME, "1");
    assertEnds(noRedis, 5, "", "redis-away: Redis at redis://127.0.0.1:1: Connection refused");
    assertThat(noRedis.errors()).doesNotContain("secret");
    assertEnds(noServer, 5, "", "http://127.0.0.1:1: Connection refused");
    assertEnds(noId, 2, "", "ID", "wait --help");
    assertEnds(noSuchCommand, 2, "", "wiat", "--help");
    assertEnds(noSuchName, 2, "", "nowhere");
    assertEnds(noJobs, 2, "", "--url");
    Stream.of(noRedis, noServer, noSuchName, noJobs)
        .forEach(process -> assertThat(process.errors().lines()).hasSize(1));
  }

  @Test
  @OwnRedis({})
  void whatIsEmittedIsHeard(Server server) {
    server.deploy();
    var events = server.events();
    var onRedis = events.listen(NAME, "redis");
    var overHttp = events.listen(NAME, "http");
    var failed = events.listen(NAME, "failed");
    var typed = events.listen(NAME, "typed");
    Stream.of(onRedis, overHttp, failed, typed).forEach(wait -> Await.result(wait.subscribed()));
    var http = http(server);
    var emits =
        List.of(
            start(redis(server), "emit", NAME, "redis", "42", "4.20", "EUR", "{\"a\":[1]}"),
            start(http, "emit", NAME, "http", "--text", "42", "[", "-o", "json"),
            start(http, "fail", NAME, "failed", "no", "--code", "422", "--detail", "[7]"),
            start(redis(server), "emit", NAME, "typed", "-").type("[1, \"two\"]\n"));
    emits.forEach(emit -> assertThat(emit.code()).as(emit.errors()).isZero());
    assertThat(emits.get(0).output()).isEqualTo("1\n");
    assertThat(new JsonObject(emits.get(1).output()).getInteger("receivers")).isEqualTo(1);
    assertThat(Await.result(onRedis.future())).hasToString("[42,4.20,\"EUR\",{\"a\":[1]}]");
    assertThat(Await.result(overHttp.future())).hasToString("[\"42\",\"[\"]");
    assertThat(Await.result(typed.future())).hasToString("[1,\"two\"]");
    assertThat(Await.failure(failed.future()))
        .isInstanceOfSatisfying(
            EventFailureException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(422);
              assertThat(failure.detail()).hasToString("[7]");
            });
  }

  @Test
  @OwnRedis({})
  void aRequestPutsAJobOnTheListAndPrintsTheResult(Server server) {
    server.deploy();
    var events = server.events();
    var worker =
        events.work(
            NAME,
            job ->
                job.id().equals("2")
                    ? job.fail(7, "no", null)
                    : Future.succeededFuture(job.data()));
    Await.result(worker.ready());
    var done = start(redis(server), "request", NAME, "1", "{\"item\": \"tea\"}", "-o", "raw");
    var failed = start(redis(server), "request", NAME, "2");
    assertEnds(done, 0, "[{\"item\":\"tea\"}]\n");
    assertEnds(failed, 3, "", "failure: no");
    Await.result(worker.close());
  }

  @Test
  @OwnRedis({})
  void aStreamPrintsALineForEachEvent(Server server) {
    server.deploy();
    var events = server.events();
    var overHttp = start(http(server), "stream", NAME, "7", "-o", "jsonl");
    var onRedis = start(redis(server), "stream", NAME, "7");
    var retained = start(redis(server), "stream", NAME, "failed", "--retained", "-o", "raw");
    Await.result(
        events.emitFailure(
            EmitOptions.retain(Duration.ofMinutes(1)), NAME, "failed", 7, "no", null));
    awaitReceivers(server, "$progress:" + NAME + ":7", 2);
    var progress = start(redis(server), "progress", NAME, "7", "50", "%");
    assertThat(progress.code()).as(progress.errors()).isZero();
    overHttp.awaitOutput("progress");
    onRedis.awaitOutput("progress");
    Await.result(events.emit(NAME, "7", 42, "EUR"));
    assertEnds(onRedis, 0, "progress\t50\t%\nresult\t42\tEUR\n");
    assertEnds(
        overHttp,
        0,
        """
        {"type":"progress","args":[50,"%"]}
        {"type":"result","args":[42,"EUR"]}
        """);
    assertThat(retained.code()).isEqualTo(3);
  }

  /** Returns when so many connections hear a channel. */
  private static void awaitReceivers(Server server, String channel, int count) {
    Await.until(
        () -> server.redis().command("PUBSUB", "NUMSUB", channel).get(1).toInteger() == count);
  }

  @Test
  @OwnRedis({})
  void ofSeveralEventsAllSomeOrTheFirstAreNeeded(Server server) {
    server.deploy();
    var kept = EmitOptions.retain(Duration.ofMinutes(1));
    Await.result(server.events().emit(kept, NAME, "1", 42, "EUR"));
    Await.result(server.events().emit(kept, NAME, "2", 43, "EUR"));
    for (var place : List.of(redis(server), http(server))) {
      var first = start(place, "wait", NAME, "1", "9", "--any", "--retained");
      var some = start(place, "wait", NAME, "1", "2", "9", "--min", "2", "--retained");
      var all =
          start(place, "wait", NAME, "1", "9", "--retained", "--timeout", "2s", "-o", "jsonl");
      assertEnds(first, 0, "1\t42\tEUR\n");
      assertEnds(some, 0, "1\t42\tEUR\n2\t43\tEUR\n");
      assertThat(all.code()).isEqualTo(4);
      var came = new JsonObject(all.output());
      assertThat(came.getJsonObject("results").getJsonArray("1").getInteger(0)).isEqualTo(42);
      assertThat(came.getJsonArray("missing")).containsExactly("9");
      assertThat(new JsonObject(all.errors()).getString("cause")).isEqualTo("no-event");
    }
  }

  @Test
  @OwnRedis({})
  void whatBecameOfAnEventAndHowAllServersAreIsTold(Server server) {
    server.deploy();
    assertThat(Await.failure(server.events().on(NAME, "7", 1_000))).hasMessageContaining("\"7\"");
    for (var place : List.of(redis(server), http(server))) {
      var explained = start(place, "explain", NAME, "7");
      var unknown = start(place, "explain", NAME, "8", "-o", "jsonl");
      assertThat(explained.code()).as(explained.errors()).isZero();
      assertThat(explained.output().lines().toList())
          .first(InstanceOfAssertFactories.STRING)
          .startsWith("no-event: ");
      assertThat(explained.output()).contains("timed-out");
      assertThat(unknown.code()).isZero();
      assertThat(new JsonObject(unknown.output()).getString("cause")).isEqualTo("unknown");
      var servers = start(place, "servers", "-o", "json"); // the other commands would be among them
      assertThat(servers.code()).as(servers.errors()).isZero();
      var overview = new JsonObject(servers.output());
      assertThat(overview.getJsonArray("servers")).hasSize(1);
      assertThat(overview.getJsonArray("names").getJsonObject(0).getString("name")).isEqualTo(NAME);
    }
  }

  @Test
  @OwnRedis({})
  void aPipeThatIsClosedEndsItQuietly(Server server) {
    server.deploy();
    var command = String.join(" ", CommandProcess.java());
    var stream = " stream %s 7 --follow --redis %s".formatted(NAME, server.redis().url());
    var piped =
        CommandProcess.run(
            Map.of(),
            List.of("sh", "-c", "{ " + command + stream + "; echo code $? >&2; } | head -n 1"));
    awaitReceivers(server, NAME + ":7", 1);
    Await.until(
        () -> {
          Await.result(server.events().emitProgress(NAME, "7", "more"));
          return piped.errors().contains("code");
        });
    assertEnds(piped, 0, "progress\tmore\n", "code 141\n");
    assertThat(piped.errors().lines()).hasSize(1);
  }

  @Test
  @OwnRedis({})
  void ctrlCEndsAWaitAndLeavesNothing(Server server) {
    Programs.assume(
        Programs.run(Path.of("."), "setsid", "env", "--default-signal=INT", "true"),
        "signals of a terminal, without setsid and env of coreutils");
    server.deploy();
    var places = List.of(redis(server), http(server));
    var waits = new ArrayList<CommandProcess>();
    for (var place : places) {
      var command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
      command.addAll(CommandProcess.java());
      command.addAll(List.of("wait", NAME, "7"));
      command.addAll(place.options());
      waits.add(CommandProcess.run(Map.of(), command));
    }
    awaitReceivers(server, NAME + ":7", 2);
    for (var wait : waits) {
      Programs.run(Path.of("."), "kill", "-s", "INT", "--", String.valueOf(-wait.pid()));
    }
    waits.forEach(wait -> assertEnds(wait, 130, ""));
    awaitReceivers(server, NAME + ":7", 0);
  }

  @Test
  @OwnRedis({})
  void coloursAndProgressAreForTerminalsAlone(Server server) {
    Programs.assume(
        Programs.run(Path.of("."), "script", "-qec", "true", "/dev/null"),
        "colours of a terminal, without script of util-linux");
    var fails = List.of("emit", NAME, "1", "--redis", "redis://127.0.0.1:1");
    var bench = List.of("bench", "--time", "1s", "--redis", server.redis().url());
    var coloured = inTerminal(Map.of("TERM", "xterm"), fails);
    var plain = inTerminal(Map.of("TERM", "xterm", "NO_COLOR", "1"), fails);
    var drawn = inTerminal(Map.of("TERM", "xterm"), bench);
    var piped = start(Stream.concat(bench.stream(), Stream.of("-o", "json")).toList());
    assertThat(coloured.code()).isEqualTo(5);
    assertThat(coloured.output()).contains("\u001b[31mredis-away\u001b[0m: ");
    assertThat(plain.code()).isEqualTo(5);
    assertThat(plain.output()).contains("redis-away: ").doesNotContain("\u001b");
    assertThat(drawn.code()).isZero();
    assertThat(drawn.output()).contains("\rwait ", "###");
    assertThat(piped.code()).as(piped.errors()).isZero();
    assertThat(piped.errors()).isEmpty();
    assertThat(new JsonObject(piped.output()).getJsonArray("results"))
        .hasSize(4)
        .allSatisfy(result -> assertThat(((JsonObject) result).getLong("per_second")).isPositive());
  }

  private static CommandProcess inTerminal(
      Map<String, String> environment, List<String> arguments) {
    var command =
        Stream.concat(CommandProcess.java().stream(), arguments.stream())
            .collect(Collectors.joining(" "));
    return CommandProcess.run(environment, List.of("script", "-qec", command, "/dev/null"));
  }

  @Test
  @OwnRedis({})
  void aWorkerRunsAProgramForEachJob(Server server) throws IOException {
    server.deploy();
    var pid = home.resolve("pid");
    var program =
        "case $EVENT_ID in"
            + " json) jq=$(cat); echo \"[$jq, 2]\";;"
            + " text) echo \"$EVENT_NAME is done\";;"
            + " bad) echo first >&2; echo broken >&2; exit 3;;"
            + " long) yes;;"
            + " slow) echo $$ > "
            + pid
            + "; sleep 600;; esac";
    var worker = start(redis(server), "work", NAME, "--command", program, "--concurrency", "5");
    worker.awaitError("takes jobs");
    var json = start(redis(server), "request", NAME, "json", "{\"a\":1}", "-o", "raw");
    var text = start(redis(server), "request", NAME, "text");
    var bad = start(redis(server), "request", NAME, "bad", "-o", "json");
    var tooLong = start(redis(server), "request", NAME, "long");
    var slow = start(redis(server), "request", NAME, "slow", "--timeout", "4s");
    assertEnds(json, 0, "[{\"a\":1},2]\n");
    assertEnds(text, 0, NAME + " is done\n");
    assertThat(bad.code()).isEqualTo(3);
    var failure = new JsonObject(bad.errors());
    assertThat(failure.getString("detail")).endsWith("exit code 3: broken");
    assertThat(failure.getJsonObject("data").getString("stderr")).isEqualTo("first\nbroken");
    assertEnds(tooLong, 3, "", "more than 1048576 bytes");
    assertEnds(slow, 4, "", "no-event");
    var asleep = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
    Await.until(() -> asleep.isEmpty() || !asleep.get().isAlive());
    Programs.run(Path.of("."), "kill", "-s", "TERM", String.valueOf(worker.pid()));
    assertThat(worker.code()).isEqualTo(143);
    assertThat(worker.output()).isEmpty();
  }

  @Test
  @OwnRedis({})
  void aContextIsAPlaceWithAName(Server server) {
    server.deploy();
    var set = start(List.of("context", "set", "local", "--redis", server.redis().url()));
    assertEnds(set, 0, "");
    assertEnds(start(List.of("context", "use", "local")), 0, "");
    var list = start(List.of("context", "list"));
    var current = start(List.of("emit", NAME, "1"));
    var named = start(List.of("emit", NAME, "1", "--context", "local"));
    var elsewhere = start(List.of("emit", NAME, "1", "--redis", "redis://127.0.0.1:1"));
    assertEnds(list, 0, "* local\t" + server.redis().url() + "\n");
    assertEnds(current, 0, "0\n");
    assertEnds(named, 0, "0\n");
    assertThat(elsewhere.code()).isEqualTo(5);
  }

  @Test
  void completionAndHelpKnowEveryCommand() {
    var completion = start(List.of("completion", "bash"));
    var help = start(List.of("emit", "--help"));
    assertThat(completion.code()).isZero();
    assertThat(completion.output())
        .contains(COMMANDS)
        .contains("--require-worker", "complete -F _complete_server-events");
    var checked = CommandProcess.run(Map.of(), List.of("bash", "-n")).type(completion.output());
    assertThat(checked.code()).as(checked.errors()).isZero();
    assertThat(help.code()).isZero();
    assertThat(help.output()).contains("Examples:", "Exit codes:", "--retain");
  }
}
