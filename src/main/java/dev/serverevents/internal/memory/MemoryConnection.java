package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to the memory that is made again whenever it breaks. Used on one context only. */
final class MemoryConnection implements Client {

  /** What the owner of the connection does about its changes. */
  interface Owner {
    /** A new connection is up; {@code again} if an earlier one broke, or could not be made. */
    void up(MemorySession session, boolean again);

    /** The same, after the owner knows. */
    void reconnected();

    /** The connection is gone, or another attempt to make one has failed. */
    void failed(UnavailableException cause);

    /** The memory refuses what is sent, or, where the error is null, does so no more. */
    default void refused(@Nullable String error) {}

    /** Something came on a channel. */
    void message(String channel, Buffer payload);
  }

  private static final Logger LOG = LoggerFactory.getLogger(MemoryConnection.class);
  private static final long MIN_BACKOFF_MS = 50;
  private static final long MAX_BACKOFF_MS = 1_000;

  private final MemoryServer server;
  private final Clock clock;
  private final Context context;
  private final Store store;
  private final Owner owner;
  private final Lane commands;
  private final Set<Promise<?>> unanswered = new LinkedHashSet<>();
  private @Nullable MemorySession present;
  private boolean isClosed;
  private boolean isBroken;
  private int attempt;
  private long retry = -1;

  /** Connects nothing yet; {@code store} says whether it publishes or subscribes. */
  MemoryConnection(MemoryServer server, Context context, Store store, Owner owner) {
    this.server = server;
    this.context = context;
    this.store = store;
    this.owner = owner;
    clock = server.clock();
    commands = new Lane(context, clock);
  }

  /** Whether it can be used now. */
  boolean isUp() {
    return present != null;
  }

  /** The clock of the memory. */
  Clock clock() {
    return clock;
  }

  /** Makes the first connection; fails if that cannot be done, which is tried again. */
  Future<Void> open() {
    server.add(this);
    Promise<Void> opened = Promise.promise();
    commands.send(server.slow(), () -> connect(opened));
    return opened.future();
  }

  private void connect(Promise<Void> opened) {
    var made =
        new MemorySession(
            store, new Lane(context, clock), server::slow, owner::message, this::lost);
    if (isClosed) {
      opened.fail(MemoryServer.gone());
    } else if (server.admit(made)) {
      use(made);
      opened.complete();
    } else {
      var cause = named(new IOException("connection refused"));
      failed(cause);
      opened.fail(cause);
    }
  }

  private void use(MemorySession made) {
    present = made;
    attempt = 0;
    var again = isBroken;
    isBroken = false;
    owner.up(made, again);
    if (again) {
      owner.reconnected();
    }
    tellRefusal();
  }

  /** Closes it for good. */
  void close() {
    isClosed = true;
    clock.cancel(retry);
    server.remove(this);
    if (present != null) {
      server.leave(present);
      present = null;
    }
    failUnanswered();
  }

  /**
   * Sends a command, which runs under the lock of the memory.
   *
   * @return what it gives, on the context; fails with {@link IOException} if the connection broke
   *     before, and with {@link Refusal}
   */
  <T extends @Nullable Object> Future<T> send(Supplier<T> command) {
    var used = present;
    if (used == null) {
      return Future.failedFuture(new IOException("not connected"));
    }
    Promise<T> answer = Promise.promise();
    unanswered.add(answer);
    commands.send(
        server.slow(),
        () -> {
          if (unanswered.remove(answer)) {
            server.run(used, command).onComplete(answer);
          }
        });
    return answer.future();
  }

  /** Sends what is never refused. What the memory does about it once it has ended is nothing. */
  void pass(Runnable command) {
    commands.send(server.slow(), command);
  }

  @Override
  public void retryNow() {
    context.runOnContext(
        turn -> {
          if (clock.cancel(retry)) {
            retry();
          }
        });
  }

  @Override
  public void refusalChanged() {
    context.runOnContext(turn -> tellRefusal());
  }

  private void tellRefusal() {
    if (present != null) {
      owner.refused(server.refusal());
    }
  }

  private void retry() {
    retry = -1;
    open().onSuccess(made -> LOG.info("{}: connected again", store));
  }

  private void lost(MemorySession session) {
    if (session == present) {
      present = null;
      commands.cut();
      failed(named(MemoryServer.gone()));
      failUnanswered();
    }
  }

  private void failUnanswered() {
    var failing = List.copyOf(unanswered);
    unanswered.clear();
    failing.forEach(answer -> answer.fail(MemoryServer.gone()));
  }

  private static UnavailableException named(IOException cause) {
    return new UnavailableException(
        Cause.REDIS_AWAY, "Redis in memory: " + cause.getMessage(), cause);
  }

  private void failed(UnavailableException cause) {
    if (isClosed) {
      return;
    }
    isBroken = true;
    var delay = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS << Math.min(attempt++, 10));
    LOG.debug("{}: {}; next attempt in {} ms", store, cause.getMessage(), delay);
    owner.failed(cause);
    if (!isClosed) { // its owner may have done with it
      retry = clock.setTimer(context, delay, timer -> retry());
    }
  }
}
