package dev.serverevents.internal.redis.connection;

import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to Redis that is made again whenever it breaks. Used on the verticle's context only.
 */
public final class ReconnectingConnection {

  /** What the owner of the connection does about its changes. */
  public interface Owner {
    /**
     * A new connection is up; nothing is subscribed on it.
     *
     * @param again whether an earlier one broke, or could not be made
     */
    void up(Connected connection, boolean again);

    /** The connection is gone, or another attempt to make one has failed. */
    default void down() {}
  }

  /** How many commands may await their answer; nobody may send more at a time. */
  public static final int MAX_IN_FLIGHT = Connector.MAX_IN_FLIGHT;

  private static final Logger LOG = LoggerFactory.getLogger(ReconnectingConnection.class);
  private static final long MIN_BACKOFF_MS = 50;
  private static final long MAX_BACKOFF_MS = 1_000;

  private final Resources resources;
  private final Store store;
  private final Connector connector;
  private final Owner owner;

  /** The present connection, or null. */
  private @Nullable Connected present;

  private @Nullable String url;
  private boolean closed;
  private boolean broken;

  /** How many connections in a row were of no use. */
  private int attempt;

  private long retry = -1;
  private long traffic;

  /**
   * Connects nothing yet.
   *
   * @param store whether it publishes or subscribes
   */
  public ReconnectingConnection(Resources resources, Store store, Target target, Owner owner) {
    this.resources = resources;
    this.store = store;
    this.owner = owner;
    connector = new Connector(resources, target, ConnectionRole.of(store));
  }

  /** Whether it can be used now. */
  public boolean isUp() {
    return present != null;
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
    var used = present;
    if (used == null) {
      return Future.failedFuture(new UnansweredException(new IOException("not connected")));
    }
    var answer = Promise.<T>promise();
    question
        .apply(used.connection())
        .onSuccess(
            reply -> {
              traffic++;
              answer.complete(reply);
            })
        .onFailure(
            cause ->
                resources
                    .context()
                    .runOnContext(
                        turn -> {
                          var isAnswer = used.equals(present) && cause instanceof Response;
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
    return connector.connect().map(this::use).onFailure(this::failed);
  }

  /** Closes it for good. */
  public Future<Void> close() {
    closed = true;
    resources.vertx().cancelTimer(retry);
    present = null;
    return connector.close();
  }

  /** Gives the present connection up as broken, so that another is made. */
  public void drop(Throwable cause) {
    if (present != null) {
      lost(present, cause);
    }
  }

  /** The present connection is of use: the next one is made soon after it has broken. */
  public void proved() {
    attempt = 0;
  }

  private @Nullable Void use(Connected made) {
    if (closed) {
      made.client().close();
      return null;
    }
    var connection = made.connection();
    connection.exceptionHandler(cause -> lost(made, cause));
    connection.endHandler(end -> lost(made, new IOException("the connection was closed")));
    present = made;
    url = made.url();
    var again = broken;
    broken = false;
    owner.up(made, again);
    if (again) {
      resources.listener().reconnected(store);
    }
    return null;
  }

  private void lost(Connected lost, Throwable cause) {
    if (lost.equals(present)) {
      present = null;
      lost.client().close();
      failed(Connector.named(lost.url(), cause));
    }
  }

  private void failed(Throwable cause) {
    if (closed) {
      return;
    }
    broken = true;
    var ceiling = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS << Math.min(attempt++, 10));
    var delay = ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    LOG.warn("{}: {}; next attempt in {} ms", store, cause.getMessage(), delay);
    owner.down();
    resources.listener().failed(store, cause);
    if (!closed) { // its owner may have done with it
      retry =
          resources
              .vertx()
              .setTimer(
                  delay, timer -> open().onSuccess(v -> LOG.info("{}: connected again", store)));
    }
  }
}
