package dev.serverevents.internal.redis.connection;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.settings.RedisUrl;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to Redis that is made again whenever it breaks. Used on the verticle's context only.
 */
public final class StoreConnection {

  /** What the owner of the connection does about its changes. */
  public interface Owner {
    /**
     * A new connection is up; nothing is subscribed on it.
     *
     * @param again whether an earlier one broke, or could not be made
     */
    void up(StoreConnection store, RedisConnection connection, boolean again);

    /** The connection is gone, or another attempt to make one has failed. */
    void down(StoreConnection store, Throwable cause);
  }

  /** Commands were not answered: the connection broke, or could not take them. */
  public static final class UnansweredException extends Exception {

    private static final long serialVersionUID = 1L;

    private UnansweredException(Throwable cause) {
      super(cause.getMessage(), cause, false, false);
    }
  }

  /** How many commands may await their answer; nobody may send more at a time. */
  public static final int MAX_IN_FLIGHT = 20_480;

  private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);
  private static final long CONNECT_TIMEOUT_MS = 5_000;
  private static final long MIN_BACKOFF_MS = 50;
  private static final long MAX_BACKOFF_MS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final Store name;
  private final RedisServerOptions redis;
  private final Target target;
  private final Owner owner;

  /** A client for each connection: closing it closes the connection, whatever its state. */
  private @Nullable Redis client;

  private @Nullable RedisConnection connection;
  private @Nullable String url;
  private boolean closed;
  private boolean broken;

  /** How many connections in a row were of no use. */
  private int attempt;

  private long retry = -1;
  private long traffic;

  /** Connects nothing yet. */
  public StoreConnection(
      Vertx vertx, Store name, RedisServerOptions redis, Target target, Owner owner) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.name = name;
    this.redis = redis;
    this.target = target;
    this.owner = owner;
  }

  /** Whether it publishes or subscribes. */
  public Store name() {
    return name;
  }

  /** Whether it can be used now. */
  public boolean isUp() {
    return connection != null;
  }

  /** The URL to which it was connected last, or null. */
  public @Nullable String url() {
    return url;
  }

  /** Grows with everything that Redis sends, which proves that the connection is alive. */
  public long traffic() {
    return traffic;
  }

  /** Redis has sent something that does not answer a command. */
  public void received() {
    traffic++;
  }

  /**
   * Sends a command.
   *
   * @return the answer; fails with {@link ErrorReply} if that is an error, or with {@link
   *     UnansweredException}
   */
  public Future<@Nullable Response> send(Request command) {
    return answer(connection -> connection.send(command))
        .recover(
            cause ->
                Future.failedFuture(
                    cause instanceof Response error ? ErrorReply.of(error.toString()) : cause));
  }

  /**
   * Sends commands in one write.
   *
   * @return all answers; fails as the client does if one of them is an error, with {@link
   *     UnansweredException} if the connection broke, and if nothing was written
   */
  public Future<List<Response>> batch(List<Request> commands) {
    return answer(connection -> connection.batch(commands));
  }

  /**
   * Tells an error that Redis answered from a broken connection, of which the client speaks in the
   * same way. The end of a connection follows in the turn in which its commands fail, so that one
   * turn later it is known.
   */
  private <T> Future<T> answer(Function<RedisConnection, Future<T>> question) {
    var used = connection;
    if (used == null) {
      return Future.failedFuture(new UnansweredException(new IOException("not connected")));
    }
    var answer = Promise.<T>promise();
    question
        .apply(used)
        .onSuccess(
            reply -> {
              traffic++;
              answer.complete(reply);
            })
        .onFailure(
            cause ->
                context.runOnContext(
                    turn -> {
                      var isAnswer = used == connection && cause instanceof Response;
                      traffic += isAnswer ? 1 : 0;
                      answer.fail(isAnswer ? cause : new UnansweredException(cause));
                    }));
    return answer.future();
  }

  /**
   * Makes the first connection; fails with {@link UnavailableException} if that cannot be done,
   * which is tried again until it is closed.
   */
  public Future<Void> open() {
    return connect().onFailure(this::failed);
  }

  private Future<Void> connect() {
    return target
        .url()
        .get()
        .compose(
            found ->
                ClientOptions.of(vertx, redis, found)
                    .compose(this::connect)
                    .onSuccess(connected -> url = found)
                    .recover(cause -> Future.failedFuture(named(found, cause))))
        .map(this::use);
  }

  private Future<RedisConnection> connect(RedisOptions options) {
    if (closed) {
      return Future.failedFuture("it was closed meanwhile");
    }
    options.setMaxWaitingHandlers(MAX_IN_FLIGHT);
    options.getNetClientOptions().setConnectTimeout((int) CONNECT_TIMEOUT_MS);
    options.getPoolOptions().setMaxSize(1).setCleanerInterval(-1);
    var attempted = Redis.createClient(vertx, options);
    client = attempted;
    return attempted
        .connect()
        .compose(this::checkServes)
        .timeout(CONNECT_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .recover(cause -> attempted.close().transform(done -> Future.failedFuture(cause)));
  }

  /**
   * A Redis that wants a password, or still loads its data, accepts connections all the same; and
   * one that was the master may not be it any more. Who may not ask that finds out by READONLY.
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

  /** Closes it for good. */
  public Future<Void> close() {
    closed = true;
    vertx.cancelTimer(retry);
    connection = null;
    return client == null ? Future.succeededFuture() : client.close();
  }

  /** Gives the present connection up as broken, so that another is made. */
  public void drop(Throwable cause) {
    var present = client;
    if (present != null) {
      lost(present, cause);
    }
  }

  /** The present connection is of use: the next one is made soon after it has broken. */
  public void proved() {
    attempt = 0;
  }

  private @Nullable Void use(RedisConnection connection) {
    var attempted = Objects.requireNonNull(client);
    if (closed) {
      attempted.close();
      return null;
    }
    connection.exceptionHandler(cause -> lost(attempted, cause));
    connection.endHandler(end -> lost(attempted, new IOException("the connection was closed")));
    this.connection = connection;
    var again = broken;
    broken = false;
    owner.up(this, connection, again);
    return null;
  }

  private void lost(Redis lost, Throwable cause) {
    if (lost == client && isUp() && !closed) {
      connection = null;
      lost.close();
      failed(named(String.valueOf(url), cause));
    }
  }

  private void failed(Throwable cause) {
    if (closed) {
      return;
    }
    broken = true;
    var ceiling = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS << Math.min(attempt++, 10));
    var delay = ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    LOG.warn("{}: {}; next attempt in {} ms", name, cause.getMessage(), delay);
    owner.down(this, cause);
    if (!closed) { // its owner may have done with it
      retry =
          vertx.setTimer(
              delay, timer -> open().onSuccess(v -> LOG.info("{}: connected again", name)));
    }
  }

  /** Says where Redis is, without the password. */
  private static UnavailableException named(String url, Throwable cause) {
    return new UnavailableException(
        "Redis at %s: %s".formatted(RedisUrl.of(url), cause.getMessage()), cause);
  }
}
