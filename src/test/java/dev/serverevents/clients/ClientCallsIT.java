package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What calls of the clients in other languages take, and what becomes of those that fail. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class ClientCallsIT {

  private static final String NO_REDIS = "redis://127.0.0.1:1";

  private static final String NODE =
      """
      import { createClient } from 'redis';
      import * as client from 'server-events-client';

      const { Failure, Raw, ServerEvents } = client;
      const events = new ServerEvents(createClient({ url: process.env.REDIS }));
      const work = (options) => events.work('a', () => {}, options);
      console.warn = console.log;
      """;

  private static final String PYTHON =
      """
      import asyncio
      import logging
      import os
      import sys

      from server_events import Failure, InvalidInput, Raw, ServerEvents


      async def handler(job):
          pass


      async def main():
          logging.basicConfig(stream=sys.stdout, format="%(message)s")
          async with ServerEvents(os.environ["REDIS"]) as events:
              await run(events)


      """;

  /** What comes behind {@code run} in a program in Python. */
  private static final String PYTHON_END = "\n\nasyncio.run(main())\n";

  private static Process node(String redisUrl, String code) {
    return Client.NODE_REDIS.install().program(redisUrl, NODE + code);
  }

  private static Process python(String redisUrl, String code) {
    return Client.PYTHON.install().program(redisUrl, PYTHON + code + PYTHON_END);
  }

  private static List<String> printed(Process program) throws IOException {
    var printed = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.onExit().join().exitValue()).isZero();
    return printed.lines().toList();
  }

  private static List<String> refusedByPython(Collection<String> calls) throws IOException {
    var code =
        """
        async def run(events):
            for call in [%s]:
                try:
                    await call()
                    print("taken")
                except InvalidInput as cause:
                    print(cause)
        """;
    var lambdas = String.join(", ", calls.stream().map("lambda: "::concat).toList());
    return printed(python(NO_REDIS, code.formatted(lambdas)));
  }

  /** Calls by what is said of each, which names a field, its limits and its value. */
  private static Map<String, String> wrongCallsOfNode() {
    var calls = new LinkedHashMap<String, String>();
    calls.put(
        "name must be 1 to 512 bytes, not led by $ or __, and is '$a'", "events.emit('$a', 1)");
    calls.put(
        "id must be 1 to 512 bytes of UTF-8, or an integer, and is 1.5", "events.emit('a', 1.5)");
    calls.put("args must be an array, and is 5", "events.emit('a', 1, 5)");
    calls.put("args must be an array, and is { text: '[' }", "events.emit('a', 1, { text: '[' })");
    calls.put("args must be an array, and is null", "events.progress('a', 1, new Raw('null'))");
    calls.put(
        "This is no JSON: Do not know how to serialize a BigInt", "events.emit('a', 1, [1n])");
    calls.put("This is no JSON: \"undefined\" is not valid JSON", "new Raw()");
    calls.put("options must be an object, and is 60000", "events.emit('a', 1, [], 60000)");
    calls.put("options must be an object, and is null", "work(null)");
    calls.put("options must be an object, and is 5000", "events.on('a', 1, 5000)");
    calls.put(
        "retain must be an integer of ms, at most 7 days, and is '5'", "work({ retain: '5' })");
    calls.put(
        "retain must be an integer of ms, at most 7 days, and is 604800001",
        "events.emit('a', 1, [], { retain: 604_800_001 })");
    calls.put(
        "concurrency must be an integer from 1 to 10,000, and is 0", "work({ concurrency: 0 })");
    calls.put(
        "concurrency must be an integer from 1 to 10,000, and is 1.5",
        "work({ concurrency: 1.5 })");
    calls.put("handler must be a function, and is undefined", "events.work('a')");
    calls.put("start must be a function, and is 5", "events.on('a', 1, { start: 5 })");
    calls.put(
        "timeout must be an integer of ms, at least 1, at most 2,147,483,647, and is 2147483648",
        "events.on('a', 1, { timeout: 2 ** 31 })");
    calls.put(
        "failure must be an object with code, message and detail, and is null",
        "events.fail('a', 1, null)");
    calls.put("code must be an integer of 32 bits, and is '5'", "new Failure('5')");
    calls.put("client must be of redis or ioredis", "new ServerEvents('redis://:secret@a')");
    return calls;
  }

  private static Map<String, String> wrongCallsOfPython() {
    var calls = new LinkedHashMap<String, String>();
    calls.put(
        "name must be 1 to 512 bytes, not led by $ or __, and is '$a'", "events.emit('$a', 1)");
    calls.put(
        "id must be 1 to 512 bytes of UTF-8, or an integer, and is 1.5", "events.emit('a', 1.5)");
    calls.put("args must be an array, and is 5", "events.emit('a', 1, 5)");
    calls.put("args must be an array, and is {'a': 1}", "events.emit('a', 1, {'a': 1})");
    calls.put("args must be an array, and is None", "events.progress('a', 1, Raw('null'))");
    calls.put(
        "This is not JSON: Expecting value: line 1 column 1 (char 0)",
        "events.emit('a', 1, [Raw(None)])");
    calls.put(
        "This is not JSON: Extra data: line 1 column 2 (char 1)",
        "events.emit('a', 1, [Raw('1,2')])");
    calls.put(
        "retain must be a number of seconds, at most 7 days, and is '5'",
        "events.work('a', handler, retain='5')");
    calls.put(
        "retain must be a number of seconds, at most 7 days, and is 604801",
        "events.emit('a', 1, retain=604_801)");
    calls.put(
        "reply_to must be at most 1,024 characters, led by $inbox:, and is 5",
        "events.emit('a', 1, reply_to=5)");
    calls.put(
        "concurrency must be an integer from 1 to 10,000, and is 0",
        "events.work('a', handler, concurrency=0)");
    calls.put(
        "list must be 1 to 512 bytes, not led by }, and is ''",
        "events.work('a', handler, jobs='')");
    calls.put("handler must be a function, and is None", "events.work('a', None)");
    calls.put("start must be a function, and is 5", "events.on('a', 1, start=5)");
    calls.put(
        "timeout must be a number of seconds, more than 0, and is '5'",
        "events.on('a', 1, timeout='5')");
    calls.put("failure must be a Failure, and is None", "events.fail('a', 1, None)");
    calls.put("code must be an integer of 32 bits, and is '5'", "Failure('5')");
    return calls;
  }

  @Test
  void theClientForNodeSaysWhatIsWrongOfWhichArgument() throws IOException {
    var wrong = wrongCallsOfNode();
    var calls = String.join(", ", wrong.values().stream().map("() => "::concat).toList());
    var code =
        """
        for (const call of [%s]) {
          const says = ({ kind, message }) => console.log(kind, message);
          await new Promise((done) => done(call())).then(() => console.log('taken'), says);
        }
        """;
    assertThat(printed(node(NO_REDIS, code.formatted(calls))))
        .containsExactlyElementsOf(wrong.keySet().stream().map(said -> "invalid " + said).toList());
  }

  @Test
  void theClientForPythonSaysWhatIsWrongOfWhichArgument() throws IOException {
    var wrong = wrongCallsOfPython();
    assertThat(refusedByPython(wrong.values())).containsExactlyElementsOf(wrong.keySet());
  }

  @Test
  void theClientForPythonRefusesWhatItWouldPassOverOfAnUrl() throws IOException {
    var wrong =
        List.of(
            "None",
            "'127.0.0.1:6379'",
            "'unix:///run/redis'",
            "'redis://:secret@127.0.0.1?db=1'",
            "'redis://:secret@127.0.0.1#1'",
            "'redis://:secret@127.0.0.1/zero'",
            "'redis://:secret@127.0.0.1:6379,127.0.0.2:6379'",
            "'redis://:secret@127.0.0.1:port'",
            "'redis://secret@127.0.0.1'");
    assertThat(refusedByPython(wrong.stream().map("ServerEvents(%s)"::formatted).toList()))
        .hasSameSizeAs(wrong)
        .allSatisfy(said -> assertThat(said).startsWith("redis must be").doesNotContain("secret"));
  }

  @Test
  void theTypesOfTheClientForNodeAreThoseOfWhatItHas() throws IOException {
    var code =
        """
        const own = [...Object.getOwnPropertyNames(ServerEvents.prototype), ...Object.keys(events)];
        for (const names of [Object.keys(client), Object.keys(client.wire), own]) {
          console.log(names.sort().join(' '));
        }
        """;
    var types = types("index.d.ts");
    var members = types.substring(types.indexOf("export class ServerEvents"));
    assertThat(printed(node(NO_REDIS, code)))
        .containsExactly(
            declared("(?m)^export (?:class |\\* as |\\{ )([\\w, ]+?) (?:\\{|\\}|from)", types),
            declared("(?m)^export (?:class|function) (\\w+)", types("wire.d.ts")),
            declared("(?m)^  (?:readonly )?(\\w+)[(:]", members));
  }

  private static String types(String file) throws IOException {
    return Files.readString(Path.of("src", "clients", "node", file));
  }

  private static String declared(String pattern, String types) {
    var names =
        Pattern.compile(pattern)
            .matcher(types)
            .results()
            .flatMap(match -> Stream.of(match.group(1).strip().split(",? ")));
    return String.join(" ", names.distinct().sorted().toList());
  }

  private static void mustSayWhatItWaitsFor(TcpProxy proxy, Process worker) throws IOException {
    var said = worker.inputReader();
    Await.until(said::ready);
    assertThat(said.readLine()).startsWith("Server Events tries again: Redis: ");
    proxy.mend();
    assertThat(said.lines().toList()).last().isEqualTo("works");
    assertThat(worker.onExit().join().exitValue()).isZero();
  }

  @Test
  void aWorkerInNodeThatBeginsWithoutRedisSaysWhatItWaitsFor(Server server) throws IOException {
    try (var proxy = TcpProxy.before(server.redis())) {
      proxy.cut();
      var code = "await work(); console.log('works'); await events.close();";
      mustSayWhatItWaitsFor(proxy, node(proxy.url(), code));
    }
  }

  @Test
  void aWorkerInPythonThatBeginsWithoutRedisSaysWhatItWaitsFor(Server server) throws IOException {
    try (var proxy = TcpProxy.before(server.redis())) {
      proxy.cut();
      var code =
          """
          async def run(events):
              await events.work("a", handler)
              print("works")
          """;
      mustSayWhatItWaitsFor(proxy, python(proxy.url(), code));
    }
  }

  @Test
  void aStartThatFailsInNodeEndsItsWaitAlone(Server server) throws IOException {
    var code =
        """
        const failing = [() => { throw new Error('at once'); }, async () => { throw new Error('later'); }];
        for (const start of failing) {
          await events.on('a', 1, { start }).catch((cause) => console.log(cause.message));
        }
        console.log(await events.on('a', 1, { start: () => events.emit('a', 1, [42]) }));
        await events.close();
        """;
    assertThat(printed(node(server.redis().url(), code)))
        .containsExactly("at once", "later", "[ 42 ]");
  }

  @Test
  void aStartThatFailsInPythonEndsItsWaitAlone(Server server) throws IOException {
    var code =
        """
        async def run(events):
            def at_once():
                raise ValueError("at once")

            async def later():
                raise ValueError("later")

            for start in at_once, later:
                try:
                    await events.on("a", 1, start=start)
                except ValueError as cause:
                    print(cause)
            print(await events.on("a", 1, start=lambda: events.emit("a", 1, [42])))
        """;
    assertThat(printed(python(server.redis().url(), code)))
        .containsExactly("at once", "later", "[42]");
  }

  @Test
  void theLongestTimeoutsAreWaitedFor(Server server) throws IOException {
    var node =
        """
        const start = () => events.emit('a', 1, [42]);
        console.log(await events.on('a', 1, { timeout: 2 ** 31 - 1, start }));
        await events.close();
        """;
    var python =
        """
        async def run(events):
            def start():
                return events.emit("a", 1, [42])

            for timeout in 2**31, float("inf"):
                print(await events.on("a", 1, timeout=timeout, start=start))
        """;
    assertThat(printed(node(server.redis().url(), node))).containsExactly("[ 42 ]");
    assertThat(printed(python(server.redis().url(), python))).containsExactly("[42]", "[42]");
  }
}
