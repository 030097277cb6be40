package dev.serverevents.internal.redis.connection;

import static java.util.Objects.requireNonNull;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.settings.RedisUrl;
import io.vertx.core.Future;
import io.vertx.core.net.NetSocket;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to a server, one after another, each with a client of its own: closing that
 * closes the connection, whatever its state. Used on the verticle's context only.
 */
final class Connector {

  /** How many commands may await their answer on a connection. */
  static final int MAX_IN_FLIGHT = 20_480;

  private static final long TIMEOUT_MS = 5_000;

  private final Resources resources;
  private final Target target;
  private final ClientOptions options;

  /** The client of the last connection that was made, or is being made. */
  private @Nullable Redis client;

  private boolean closed;

  Connector(Resources resources, Target target, ConnectionRole role) {
    this.resources = resources;
    this.target = target;
    options = new ClientOptions(resources, role);
  }

  /** Makes a connection, after the last one has ended; fails with {@link UnavailableException}. */
  Future<Connected> connect() {
    return target
        .url()
        .get()
        .compose(
            url ->
                options
                    .of(url)
                    .compose(with -> connect(url, with))
                    .recover(cause -> Future.failedFuture(named(url, cause))));
  }

  private Future<Connected> connect(String url, RedisOptions with) {
    if (closed) {
      return Future.failedFuture("it was closed meanwhile");
    }
    with.setMaxWaitingHandlers(MAX_IN_FLIGHT);
    with.getNetClientOptions().setConnectTimeout((int) TIMEOUT_MS);
    with.getPoolOptions().setMaxSize(1).setCleanerInterval(-1);
    var socket = new AtomicReference<NetSocket>();
    var attempted = Redis.createClient(new SocketWatch(resources.vertx(), socket::set), with);
    client = attempted;
    return attempted
        .connect()
        .compose(this::checkServes)
        .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .map(connection -> new Connected(url, attempted, connection, requireNonNull(socket.get())))
        .recover(cause -> attempted.close().transform(done -> Future.failedFuture(cause)));
  }

  /**
   * A Redis that wants a password, or still loads its data, accepts connections all the same; and
   * one that was the master may not be it any more. A user who may not ask that finds out by
   * READONLY.
   */
  private Future<RedisConnection> checkServes(RedisConnection connection) {
    if (!target.mustBeMaster()) {
      return ping(connection);
    }
    return connection
        .send(Request.cmd(Command.ROLE))
        .transform(
            role -> {
              if (role.succeeded()) {
                return isMaster(role.result())
                    ? Future.succeededFuture(connection)
                    : Future.failedFuture("it is not the master");
              }
              return ping(connection);
            });
  }

  private static Future<RedisConnection> ping(RedisConnection connection) {
    return connection.send(Request.cmd(Command.PING)).map(connection);
  }

  /** Reads the answer to ROLE. */
  static boolean isMaster(Response role) {
    return role.get(0).toString().equals("master");
  }

  /** Closes the last connection, and makes none any more. */
  Future<Void> close() {
    closed = true;
    return client == null ? Future.succeededFuture() : client.close();
  }

  /** Says where Redis is, without the password. */
  static UnavailableException named(String url, Throwable cause) {
    return new UnavailableException(
        Cause.REDIS_AWAY, "Redis at %s: %s".formatted(RedisUrl.of(url), cause.getMessage()), cause);
  }
}
