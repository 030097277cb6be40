package dev.serverevents.app.conformance;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The runner's own connection to Redis, on which it sends what the protocol has. */
final class Peer implements AutoCloseable {

  private static final long LIMIT_S = 20;

  /** Tells the runner's own connections from those of the client. */
  private static final String NAME = "conformance";

  /** So many commands the client takes at a time. */
  private static final int TOGETHER = 1_000;

  private final Redis client;
  private final List<RedisConnection> connections = new ArrayList<>();
  private final RedisConnection connection;
  private final long began = now();

  Peer(Vertx vertx, String url) {
    client = Redis.createClient(vertx, url);
    connection = connect();
  }

  private static long now() {
    return System.nanoTime();
  }

  private RedisConnection connect() {
    var made = await(client.connect());
    connections.add(made);
    await(made.send(request("CLIENT", "SETNAME", NAME)));
    return made;
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(LIMIT_S, TimeUnit.SECONDS);
    } catch (TimeoutException cause) {
      throw new IllegalStateException("Redis does not answer", cause);
    }
  }

  /** How many ms ago it was made. */
  long age() {
    return TimeUnit.NANOSECONDS.toMillis(now() - began);
  }

  private static Request request(String command, Object... args) {
    var request = Request.cmd(Command.create(command));
    for (var arg : args) {
      request.arg(arg.toString());
    }
    return request;
  }

  /** Sends a command. */
  @Nullable Response send(String command, Object... args) {
    return await(connection.send(request(command, args)));
  }

  /** Breaks the connections of all others, and sends a command before any can be made again. */
  void cut(Object... then) {
    var clients = String.valueOf(text("CLIENT", "LIST"));
    var requests = new ArrayList<Request>();
    for (var client : clients.lines().filter(line -> !line.contains(" name=" + NAME)).toList()) {
      var id = client.substring("id=".length(), client.indexOf(' '));
      requests.add(request("CLIENT", "KILL", "ID", id));
    }
    requests.add(request(then[0].toString(), Arrays.copyOfRange(then, 1, then.length)));
    await(Future.join(requests.stream().map(connection::send).toList()).otherwiseEmpty());
  }

  /** Publishes many payloads on a channel. */
  void publish(String channel, List<String> payloads) {
    for (var from = 0; from < payloads.size(); from += TOGETHER) {
      var some = payloads.subList(from, Math.min(from + TOGETHER, payloads.size()));
      var sent = some.stream().map(each -> connection.send(request("PUBLISH", channel, each)));
      await(Future.all(sent.toList()));
    }
  }

  /** Publishes, and returns how many heard it. */
  int publish(String channel, String payload) {
    return integer(send("PUBLISH", channel, payload));
  }

  private static int integer(@Nullable Response answer) {
    return answer == null ? 0 : answer.toInteger();
  }

  int integer(String command, Object... args) {
    return integer(send(command, args));
  }

  /** The answer as text; null for nil. */
  @Nullable String text(String command, Object... args) {
    var answer = send(command, args);
    return answer == null ? null : answer.toString();
  }

  List<String> list(String command, Object... args) {
    var answer = send(command, args);
    return answer == null
        ? List.of()
        : StreamSupport.stream(answer.spliterator(), false).map(Response::toString).toList();
  }

  /** How many subscribe a channel. */
  int subscribers(String channel) {
    var answer = send("PUBSUB", "NUMSUB", channel);
    return answer == null ? 0 : integer(answer.get(1));
  }

  /** Returns when so many subscribe a channel. */
  void awaitSubscribers(String channel, int count) {
    Check.soon(
        count + " subscribe " + channel,
        () -> subscribers(channel) == count,
        () -> subscribers(channel));
  }

  /** Subscribes channels, on a connection of its own. */
  Heard subscribe(String... channels) {
    var own = connect();
    var heard = new Heard(own);
    own.handler(heard::received);
    own.exceptionHandler(broken -> heard.close());
    await(own.send(request("SUBSCRIBE", (Object[]) channels)));
    for (var channel : channels) {
      heard.awaitConfirmed(channel);
    }
    return heard;
  }

  @Override
  public void close() {
    connections.forEach(RedisConnection::close);
    client.close();
  }
}
