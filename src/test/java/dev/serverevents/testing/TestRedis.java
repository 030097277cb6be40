package dev.serverevents.testing;

import dev.serverevents.app.EmbeddedRedis;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import redis.embedded.RedisExecProvider;

/** A real redis-server of the tests' own, which can be killed, stopped and started again. */
public final class TestRedis implements AutoCloseable {

  private static final Vertx VERTX = Vertx.vertx();

  private final int port;
  private final Path directory;
  private final List<String> arguments;
  private final Redis client;
  private Process process;

  private TestRedis(int port, List<String> arguments) throws IOException {
    this.port = port;
    this.arguments = arguments;
    directory = Files.createTempDirectory("test-redis");
    process = launch();
    var options = new RedisOptions().setConnectionString(url()).setMaxWaitingHandlers(100_000);
    options.setMaxMultiLength(1_000_000);
    var password = arguments.indexOf("--requirepass");
    if (password >= 0) {
      options.setPassword(arguments.get(password + 1));
    }
    options.getPoolOptions().setMaxSize(1);
    client = Redis.createClient(VERTX, options);
  }

  /** The one that most tests use, started once. */
  public static TestRedis shared() {
    return Shared.REDIS;
  }

  /** Starts one, with more arguments for redis-server. */
  public static TestRedis start(String... arguments) {
    try {
      return new TestRedis(EmbeddedRedis.freePort(), List.of(arguments));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Sends a command. */
  Future<Response> send(String command, Object... args) {
    var request = Request.cmd(Command.create(command));
    for (var arg : args) {
      request.arg(arg.toString());
    }
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

  /** Runs commands in one MULTI/EXEC, sent at once: nothing can come between them. */
  public void transaction(List<Request> commands) {
    var all = new ArrayList<Request>();
    all.add(Request.cmd(Command.MULTI));
    all.addAll(commands);
    all.add(Request.cmd(Command.EXEC));
    Await.result(client.batch(all));
  }

  /** What any program sends to emit an event and to keep it, as wire-protocol.md has it. */
  public static List<Request> retainedEmit(String channel, Object payload) {
    return List.of(
        Request.cmd(Command.SET)
            .arg("$retained:{" + channel + "}")
            .arg(payload.toString())
            .arg("PX")
            .arg(60_000),
        Request.cmd(Command.PUBLISH).arg(channel).arg(payload.toString()));
  }

  /** The channels that somebody subscribes, sharded ones included, for events. */
  public List<String> channels() {
    return allChannels().stream().filter(channel -> !channel.startsWith("$inbox:")).toList();
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
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again on the same port with the same data, without waiting until it serves. */
  public void restart() {
    try {
      process = spawn();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    return process.isAlive();
  }

  /** Its working directory, where its data is. */
  public Path directory() {
    return directory;
  }

  /** Sends it a signal, for example STOP. */
  public void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close().await();
    kill();
  }

  private static List<String> strings(Response list) {
    return StreamSupport.stream(list.spliterator(), false).map(Response::toString).toList();
  }

  private Process launch() throws IOException {
    var started = spawn();
    Await.until(() -> ready(started, directory.resolve("redis.log")));
    return started;
  }

  private Process spawn() throws IOException {
    var executable = RedisExecProvider.defaultProvider().get().getAbsolutePath();
    var command =
        new ArrayList<>(
            List.of(
                executable, "--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", ""));
    command.addAll(List.of("--repl-diskless-sync-delay", "0")); // replicas need not wait for more
    command.addAll(arguments);
    var started =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("redis.log").toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    return started;
  }

  private static boolean ready(Process process, Path log) throws IOException {
    var text = Files.readString(log, StandardCharsets.UTF_8);
    if (!process.isAlive()) {
      throw new IOException("redis-server ended: " + text);
    }
    // The pid: an earlier process may have written to the same log.
    return text.lines().anyMatch(l -> l.startsWith(process.pid() + ":") && l.contains("Ready to"));
  }

  private static final class Shared {
    static final TestRedis REDIS = start();

    static {
      Server.warmUp(REDIS);
    }
  }
}
