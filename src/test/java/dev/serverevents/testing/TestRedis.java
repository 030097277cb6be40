package dev.serverevents.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A real redis-server of the tests' own, which can be killed, stopped and started again. */
public final class TestRedis implements AutoCloseable {

  private static final Vertx VERTX = Vertx.vertx();
  private static final String PORT = "PORT";

  /** How many ms each connection is late at most, so that no test relies on the order of two. */
  private static final int JITTER_MS = Integer.getInteger("tests.jitter", 0);

  private final int port;
  private final String host;
  private final RedisRun run;
  private final Redis client;
  private final @Nullable TcpProxy jitter;

  private TestRedis(RedisPlace place, Map<String, String> files, List<String> arguments) {
    port = freePort();
    host = "127.0.0.1";
    var all = new ArrayList<String>();
    all.addAll(List.of("--bind", "127.0.0.1", "--save", ""));
    all.addAll(List.of("--repl-diskless-sync-delay", "0")); // replicas need not wait for more
    all.addAll(List.of("--port", arguments.contains("--tls-port") ? "0" : PORT));
    all.addAll(arguments);
    all.replaceAll(argument -> argument.replace(PORT, String.valueOf(port)));
    run = RedisRun.start(place, files, all, "Ready to accept connections");
    client = client(arguments);
    var jitters = JITTER_MS > 0 && !arguments.contains("--tls-port");
    jitter = jitters ? TcpProxy.jittering(this, JITTER_MS) : null;
  }

  private TestRedis(TestNetwork network) {
    port = freePort();
    host = TestNetwork.CONTROL_HOST;
    run =
        network.startRedis(
            List.of("--bind", "0.0.0.0", "--protected-mode", "no", "--save", ""), port);
    client = client(List.of());
    jitter = null;
  }

  /** A port for a server that a test starts, which no other test has. */
  public static int freePort() {
    return Ports.OWN.next();
  }

  private Redis client(List<String> arguments) {
    var options = new RedisOptions().setConnectionString(direct()).setMaxWaitingHandlers(100_000);
    options.setMaxMultiLength(1_000_000);
    var password = arguments.indexOf("--requirepass");
    if (password >= 0) {
      options.setPassword(arguments.get(password + 1));
    }
    options.getPoolOptions().setMaxSize(1).setMaxWaiting(100_000); // a slow machine is no fault
    return Redis.createClient(VERTX, options);
  }

  /** The one that most tests use, started once. */
  public static TestRedis shared() {
    return Shared.REDIS;
  }

  /** Starts one, with more arguments for redis-server. */
  public static TestRedis start(String... arguments) {
    return start(RedisPlace.usual(), Map.of(), arguments);
  }

  /** Starts one there, with files in its working directory; PORT in an argument is its port. */
  public static TestRedis start(RedisPlace place, Map<String, String> files, String... arguments) {
    return new TestRedis(place, files, List.of(arguments));
  }

  /** Starts one in a network of its own, which can be cut while the test reaches it. */
  public static TestRedis startIn(TestNetwork network) {
    return new TestRedis(network);
  }

  public int port() {
    return port;
  }

  public String url() {
    return jitter != null ? jitter.url() : direct();
  }

  private String direct() {
    return "redis://" + host + ":" + port;
  }

  /** Sends a command. */
  Future<Response> send(String command, Object... args) {
    var request = Request.cmd(Command.create(command));
    for (var arg : args) {
      request.arg(arg.toString());
    }
    return client.send(request);
  }

  /** Sends a command. */
  public Future<Response> send(Request request) {
    return client.send(request);
  }

  /** Runs a command and returns its answer. */
  public Response command(String command, Object... args) {
    try {
      return send(command, args).await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(command + " was not answered", e);
    }
  }

  /** Sends a command on a connection of its own; it need not be answered soon. */
  public Future<Response> later(String command, Object... args) {
    var own = Redis.createClient(VERTX, url());
    var request = Request.cmd(Command.create(command));
    for (var arg : args) {
      request.arg(arg.toString());
    }
    return own.connect().compose(connection -> connection.send(request)).eventually(own::close);
  }

  /** Tells whether it runs a script for so long that it refuses commands. */
  public boolean isBusy() {
    return Await.failureText(send("PING")).startsWith("BUSY");
  }

  /** Ends that script. */
  public void killScript() {
    command("SCRIPT", "KILL");
  }

  /** Runs commands in one MULTI/EXEC, sent at once: nothing can come between them. */
  public void transaction(List<Request> commands) {
    var all = new ArrayList<Request>();
    all.add(Request.cmd(Command.MULTI));
    all.addAll(commands);
    all.add(Request.cmd(Command.EXEC));
    Await.result(client.batch(all));
  }

  /**
   * Sends commands in large writes, on a connection of its own, and returns when all are answered.
   */
  public void pipeline(List<Request> commands) {
    var own =
        Redis.createClient(
            VERTX, new RedisOptions().setConnectionString(url()).setMaxWaitingHandlers(10_000));
    var connection = Await.result(own.connect());
    for (var start = 0; start < commands.size(); start += 10_000) {
      Await.result(
          connection.batch(commands.subList(start, Math.min(start + 10_000, commands.size()))));
    }
    Await.result(own.close());
  }

  /** What any program sends to emit an event and to keep it, as wire-protocol.md has it. */
  public static List<Request> retainedEmit(String name, Object id, Object payload) {
    var channel = name + ":" + id;
    return List.of(
        Request.cmd(Command.SET)
            .arg("$retained:{" + channel + "}:" + name.getBytes(StandardCharsets.UTF_8).length)
            .arg(payload.toString())
            .arg("PX")
            .arg(60_000),
        Request.cmd(Command.PUBLISH).arg(channel).arg(payload.toString()));
  }

  /** The channels that somebody subscribes, sharded ones included, for events. */
  public List<String> channels() {
    return allChannels().stream()
        .filter(channel -> !channel.startsWith("$inbox:") && !channel.equals("$servers"))
        .toList();
  }

  /** How often a command was called so far; a sub-command is named {@code cluster|slots}. */
  public long calls(String command) {
    var start = "cmdstat_" + command + ":calls=";
    return command("INFO", "commandstats")
        .toString()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToLong(line -> Long.parseLong(line.substring(start.length(), line.indexOf(','))))
        .sum();
  }

  /** How often it has read from a client so far. */
  public long reads() {
    return command("INFO", "stats")
        .toString()
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  /** The channels that somebody subscribes, sharded ones included. */
  public List<String> allChannels() {
    var all = new ArrayList<>(strings(command("PUBSUB", "CHANNELS")));
    all.addAll(strings(command("PUBSUB", "SHARDCHANNELS")));
    return all;
  }

  /** The keys that will not expire by themselves. */
  List<String> lastingKeys() {
    var counts = command("INFO", "keyspace").toString();
    if (counts.lines().allMatch(line -> line.matches("#.*|db0:keys=(\\d+),expires=\\1,.*"))) {
      return List.of();
    }
    return strings(command("KEYS", "*")).stream()
        .filter(key -> command("PTTL", key).toLong() == -1)
        .toList();
  }

  /** The other connections' lines of CLIENT LIST. */
  public List<String> connections() {
    var own = "id=" + command("CLIENT", "ID") + " ";
    return command("CLIENT", "LIST").toString().lines().filter(l -> !l.startsWith(own)).toList();
  }

  /** Ends it as {@code kill -9} does. */
  public void kill() {
    run.kill();
  }

  /** Starts it again on the same port with the same data, without waiting until it serves. */
  public void restart() {
    run.restart();
  }

  /** Returns when it has loaded its data and serves. */
  public void awaitServing() {
    Await.until(
        () ->
            client
                .send(Request.cmd(Command.PING))
                .transform(Future::succeededFuture)
                .await(10, TimeUnit.SECONDS)
                .succeeded());
  }

  public boolean isAlive() {
    return run.isAlive();
  }

  /** The working directory of its process, where its data is. */
  public Path directory() {
    return ((RedisProcess) run).directory();
  }

  /** Sends it a signal, for example STOP. */
  public void signal(String name) {
    run.signal(name);
  }

  @Override
  public void close() {
    client.close().await();
    if (jitter != null) {
      jitter.close();
    }
    run.close();
  }

  private static List<String> strings(Response list) {
    return StreamSupport.stream(list.spliterator(), false).map(Response::toString).toList();
  }

  private static final class Shared {
    static final TestRedis REDIS = start();

    static {
      Server.warmUp(new RedisTestBroker(REDIS));
    }
  }
}
