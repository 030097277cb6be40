package dev.serverevents.internal.redis;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Routes;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The look-ups of kept events on one connection: those of one event-loop turn are sent at its end,
 * in one write. While Redis is away, or cannot answer at present, a look-up stays in the queue.
 * Used on the verticle's context only.
 */
final class LookUps {

  /** Look-ups that may await their answers: each answer may be as large as a payload. */
  private static final int WINDOW = 64;

  /** A Redis server that is asked. */
  interface Server {
    /** What it is asked. */
    LookUps lookUps();
  }

  /** What is kept under a key, and until when; see {@link Kept}. */
  record Found(Buffer payload, long expiresAt) {}

  private final Resources resources;
  private final Routes<? extends Server> routes;
  private final ReconnectingConnection connection;
  private final EndOfTurn endOfTurn;
  private final Deque<LookUp> queue = new ArrayDeque<>();
  private int inFlight;
  private boolean closed;

  private static final class LookUp {
    final String key;
    final boolean dated;
    final BooleanSupplier wanted;
    final Promise<@Nullable Found> found = Promise.promise();
    boolean asking;
    int refusals;

    LookUp(EventKey event, boolean dated, BooleanSupplier wanted) {
      key = WireNames.retainedKey(event);
      this.dated = dated;
      this.wanted = wanted;
    }

    /** The expiry is asked for first: what is set in between is then newer than it says. */
    List<Request> commands() {
      var get = Request.cmd(Command.GET).arg(key);
      return dated ? List.of(Request.cmd(Command.PEXPIRETIME).arg(key), get) : List.of(get);
    }

    /** Reads the answers to its commands. */
    static @Nullable Found found(List<@Nullable Response> answers) {
      var got = answers.get(answers.size() - 1);
      var at = answers.size() == 1 ? null : answers.get(0);
      return got == null
          ? null
          : new Found(got.toBuffer(), at == null ? Kept.UNDATED : at.toLong());
    }

    /** Sends its commands apart from those of others. */
    Future<@Nullable Found> send(ReconnectingConnection connection) {
      var expiry =
          dated ? ask(connection, Command.PEXPIRETIME) : Future.<Response>succeededFuture();
      var payload = ask(connection, Command.GET);
      return payload.compose(
          got ->
              expiry
                  .otherwiseEmpty() // unknown before Redis 7, or not permitted
                  .map(at -> found(Arrays.asList(at, got))));
    }

    private Future<@Nullable Response> ask(ReconnectingConnection connection, Command command) {
      if (asking) {
        connection.send(Request.cmd(Command.ASKING));
      }
      return connection.send(Request.cmd(command).arg(key));
    }
  }

  LookUps(Resources resources, Routes<? extends Server> routes, ReconnectingConnection connection) {
    this.resources = resources;
    this.routes = routes;
    this.connection = connection;
    endOfTurn = new EndOfTurn(resources.context(), this::send);
  }

  /** See {@link Broker#lookUp}. */
  static Future<@Nullable Found> lookUp(
      Routes<? extends Server> routes, EventKey key, boolean dated, BooleanSupplier wanted) {
    var lookUp = new LookUp(key, dated, wanted);
    route(routes, lookUp);
    return lookUp.found.future();
  }

  private static void route(Routes<? extends Server> routes, LookUp lookUp) {
    lookUp.asking = false;
    routes.master(() -> Slots.of(lookUp.key)).lookUps().add(lookUp);
  }

  private void add(LookUp lookUp) {
    queue.add(lookUp);
    endOfTurn.schedule();
  }

  /** Gives all look-ups that are queued to the masters that they belong to now. */
  void release() {
    var left = List.copyOf(queue);
    queue.clear();
    left.forEach(lookUp -> route(routes, lookUp));
  }

  /** Looks nothing up any more: what is unanswered, now or later, is for others. */
  void close() {
    closed = true;
    release();
  }

  /** Sends the look-ups that are queued, as far as that is possible now. */
  void send() {
    var some = new ArrayList<LookUp>();
    while (!closed && connection.isUp() && inFlight < WINDOW && !queue.isEmpty()) {
      var lookUp = queue.remove();
      if (!lookUp.wanted.getAsBoolean()) {
        lookUp.found.complete(null);
      } else if (lookUp.asking) {
        inFlight++;
        sendApart(lookUp);
      } else {
        inFlight++;
        some.add(lookUp);
      }
    }
    if (!some.isEmpty()) {
      send(some);
    }
  }

  /** Sends some at once. The client fails all if one fails, and to ask again does no harm. */
  private void send(List<LookUp> some) {
    var commands = some.stream().flatMap(lookUp -> lookUp.commands().stream()).toList();
    connection
        .batch(commands)
        .onFailure(cause -> some.forEach(this::sendApart))
        .onSuccess(
            answers -> {
              var next = 0;
              for (var lookUp : some) {
                var end = next + lookUp.commands().size();
                inFlight--;
                lookUp.found.complete(LookUp.found(answers.subList(next, end)));
                next = end;
              }
              endOfTurn.schedule();
            });
  }

  private void sendApart(LookUp lookUp) {
    lookUp
        .send(connection)
        .onComplete(
            reply -> {
              inFlight--;
              if (reply.succeeded()) {
                lookUp.found.complete(reply.result());
              } else {
                failed(lookUp, reply.cause());
              }
              endOfTurn.schedule();
            });
  }

  private void failed(LookUp lookUp, Throwable cause) {
    if (cause instanceof ErrorReply error) {
      refused(lookUp, error);
    } else if (closed) {
      route(routes, lookUp);
    } else if (connection.isUp()) {
      resources.retry(() -> route(routes, lookUp));
    } else {
      queue.add(lookUp);
    }
  }

  private void refused(LookUp lookUp, ErrorReply error) {
    routes.learn(error, connection);
    if (error.kind() == ErrorReply.Kind.REFUSED) {
      lookUp.found.fail(
          new UnavailableException(
              Cause.REDIS_REFUSED,
              "Redis refuses to look up a retained result: " + error.getMessage(),
              error));
    } else if (error.kind() == ErrorReply.Kind.ASK) {
      lookUp.asking = true;
      routes.askedFor(error).lookUps().add(lookUp);
    } else if (error.kind() == ErrorReply.Kind.MOVED
        && ++lookUp.refusals % Routes.MAX_REDIRECTS != 0) {
      route(routes, lookUp);
    } else {
      resources.retry(() -> route(routes, lookUp));
    }
  }
}
