package dev.serverevents.internal.redis.jobs;

import dev.serverevents.Cause;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.redis.connection.ClientOptions;
import dev.serverevents.internal.redis.connection.ConnectionRole;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.MasterFinder;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisCluster;
import io.vertx.redis.client.RedisClusterTransactions;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for commands about jobs. It is made when it is needed, and given up as soon as it
 * fails or does not answer in time, so that the next command finds the Redis that serves then. Used
 * on the verticle's context only.
 */
final class JobClient {

  private static final Logger LOG = LoggerFactory.getLogger(JobClient.class);
  private static final int CONNECT_MS = 5_000;

  /** So long a command may take besides the time that Redis is to wait, the connection included. */
  private static final long PATIENCE_MS = 5_000;

  /** One connection, from the attempt to make it until it is given up. */
  private final class Link {

    private final Future<Redis> client;
    private final Future<RedisConnection> connection;
    private boolean isOver;

    Link() {
      client = options().map(with -> Redis.createClient(resources.vertx(), limited(with)));
      connection = client.compose(Redis::connect).map(this::watched);
    }

    private RedisConnection watched(RedisConnection made) {
      if (isCluster()) {
        nameThose(made);
      }
      return made.exceptionHandler(cause -> giveUp()).endHandler(end -> giveUp());
    }

    /** The client for a cluster does not pass the name on to the connections that it makes. */
    private void nameThose(RedisConnection made) {
      RedisCluster.create(made)
          .onAllNodes(Request.cmd(Command.CLIENT).arg("SETNAME").arg(options.clientName()))
          .onFailure(refused -> LOG.debug("Redis has no name for connections: {}", refused));
    }

    /** Each link has a client of its own: closing that closes the connection in any state. */
    void giveUp() {
      if (!isOver) {
        isOver = true;
        present = present == this ? null : present;
        client.onSuccess(Redis::close);
      }
    }

    /** Says why a command failed, one turn after it did: by then it is known if the link is. */
    UnavailableException failure(Throwable cause) {
      if (isOver || !connection.succeeded() || !(cause instanceof Response)) {
        giveUp();
        return new UnavailableException(
            Cause.REDIS_AWAY, "Redis does not serve jobs: " + cause.getMessage(), cause);
      }
      var error = ErrorReply.of(cause.toString());
      if (isCluster() || error.cause() != Cause.REDIS_REFUSED) {
        giveUp(); // another server may do it
      }
      return new UnavailableException(
          error.cause(), "Redis refuses to serve jobs: " + error.getMessage(), error);
    }
  }

  private final Resources resources;
  private final ClientOptions options;
  private @Nullable Link present;
  private int inFlight;
  private boolean isClosed;

  JobClient(Resources resources) {
    this.resources = resources;
    options = new ClientOptions(resources, ConnectionRole.JOBS);
  }

  private boolean isCluster() {
    return resources.redis().getType() == RedisServerOptions.Type.CLUSTER;
  }

  /** It is us who ask the Sentinels: Vert.x would give them the user of the master. */
  private Future<RedisOptions> options() {
    return isCluster()
        ? options.ofCluster()
        : new MasterFinder(resources).find().compose(options::of);
  }

  private static RedisOptions limited(RedisOptions options) {
    options.getNetClientOptions().setConnectTimeout(CONNECT_MS);
    options.getPoolOptions().setCleanerInterval(-1);
    return options
        .setMaxWaitingHandlers(2 * ReconnectingConnection.MAX_IN_FLIGHT)
        .setClusterTransactions(RedisClusterTransactions.SINGLE_NODE);
  }

  /** Sends a command; fails with {@link UnavailableException}. */
  Future<@Nullable Response> send(Request command) {
    return send(command, 0);
  }

  /** Sends a command for which Redis may wait so many ms. */
  Future<@Nullable Response> send(Request command, long waitsMs) {
    return ask(connection -> connection.send(command), waitsMs + PATIENCE_MS);
  }

  /** Sends commands whose keys have one slot in one write; fails if one of them does. */
  Future<List<Response>> batch(List<Request> commands) {
    return ask(connection -> connection.batch(commands), PATIENCE_MS);
  }

  private <T> Future<T> ask(Function<RedisConnection, Future<T>> question, long ms) {
    if (isClosed) {
      return Future.failedFuture(closed());
    }
    if (inFlight >= ReconnectingConnection.MAX_IN_FLIGHT) {
      return Future.failedFuture(
          new UnavailableException(
              Cause.LIMIT, inFlight + " commands about jobs await an answer already"));
    }
    if (present == null) {
      present = new Link();
    }
    var used = present;
    inFlight++;
    Promise<T> answer = Promise.promise();
    used.connection
        .compose(question)
        .timeout(ms, TimeUnit.MILLISECONDS)
        .onSuccess(
            result -> {
              inFlight--;
              answer.complete(result);
            })
        .onFailure(
            cause ->
                resources
                    .context()
                    .runOnContext(
                        turn -> {
                          inFlight--;
                          answer.fail(used.failure(cause));
                        }));
    return answer.future();
  }

  boolean isClosed() {
    return isClosed;
  }

  /** What all fails with once it is closed. */
  static UnavailableException closed() {
    return new UnavailableException(Cause.NOT_DEPLOYED, "The ServerEventsVerticle is undeployed");
  }

  /** Closes it for good. */
  void close() {
    isClosed = true;
    if (present != null) {
      present.giveUp();
    }
  }
}
