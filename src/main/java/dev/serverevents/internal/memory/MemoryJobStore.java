package dev.serverevents.internal.memory;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The {@link JobStore} in memory. Whoever calls it, it works on the verticle's context. */
final class MemoryJobStore implements JobStore {

  /** So long a worker waits for a job, in ms. */
  private static final long TAKE_MS = 1_000;

  private final MemoryServer server;
  private final Clock clock;
  private final ContextInternal context;
  private final Lane commands;

  /** By the key of the worker's own list. */
  private final Map<String, Taker> takers = new HashMap<>();

  private boolean isClosed;

  /** A worker that takes jobs of a list. */
  private static final class Taker {
    /** What waits for a job now, or null. */
    Lists.@Nullable Waiting waiting;

    /** Jobs that the worker knows to be on its own list. */
    final List<String> known = new ArrayList<>();

    /** Jobs that are done, which the memory did not forget when it was told. */
    final List<String> done = new ArrayList<>();
  }

  MemoryJobStore(MemoryServer server, Context context) {
    this.server = server;
    this.context = (ContextInternal) context;
    clock = server.clock();
    commands = new Lane(context, clock);
  }

  /** Does something on the verticle's context, for a caller on any. */
  private <T extends @Nullable Object> Future<T> run(Supplier<Future<T>> action) {
    Promise<T> done = context.owner().getOrCreateContext().promise();
    context.runOnContext(
        turn ->
            (isClosed ? Future.<T>failedFuture(closed()) : action.get().recover(this::named))
                .onComplete(done));
    return done.future();
  }

  private static UnavailableException closed() {
    return new UnavailableException(Cause.NOT_DEPLOYED, "The ServerEventsVerticle is undeployed");
  }

  private <T extends @Nullable Object> Future<T> named(Throwable cause) {
    return Future.failedFuture(
        cause instanceof RefusalException
            ? new UnavailableException(
                Cause.REDIS_REFUSED, "Redis refuses to serve jobs: " + cause.getMessage(), cause)
            : new UnavailableException(
                Cause.REDIS_AWAY, "Redis does not serve jobs: " + cause.getMessage(), cause));
  }

  /** Sends a command; completes on the verticle's context. */
  private <T extends @Nullable Object> Future<T> send(Function<Lists, T> command) {
    var run = server.run();
    Promise<T> answer = context.promise();
    commands.send(
        server.slow(),
        () -> server.run(run, () -> command.apply(server.jobs())).onComplete(answer));
    return answer.future();
  }

  @Override
  public Future<Integer> push(JobsKey list, String job) {
    return run(() -> send(lists -> lists.push(list, job)));
  }

  @Override
  public Future<Boolean> remove(JobsKey list, String job) {
    return run(() -> send(lists -> lists.remove(list.key(), job)));
  }

  @Override
  public Future<@Nullable String> take(JobsKey list, String workerId) {
    return run(
        () -> {
          var taker = takers.computeIfAbsent(list.taken(workerId), first -> new Taker());
          return forgetDone(list, workerId, taker)
              .compose(forgotten -> take(list, workerId, taker))
              .onSuccess(
                  job -> {
                    if (job != null) {
                      taker.known.add(job);
                    }
                  });
        });
  }

  private Future<@Nullable String> take(JobsKey list, String workerId, Taker taker) {
    var waiting = new Lists.Waiting(list, workerId, context.promise());
    taker.waiting = waiting;
    var timer = clock.setTimer(context, TAKE_MS, id -> end(waiting, null));
    send(lists -> begin(lists, waiting, List.copyOf(taker.known)))
        .onFailure(waiting.job()::tryFail);
    return waiting
        .job()
        .future()
        .onComplete(
            taken -> {
              clock.cancel(timer);
              taker.waiting = null;
            });
  }

  /** A job that the worker has, but does not know of, comes first. */
  private static boolean begin(Lists lists, Lists.Waiting worker, List<String> known) {
    if (worker.job().future().isComplete()) {
      return false;
    }
    var unknown = new ArrayList<>(lists.taken(worker.list(), worker.workerId()));
    known.forEach(unknown::remove);
    if (unknown.isEmpty()) {
      lists.take(worker);
    } else {
      worker.job().tryComplete(unknown.get(0));
    }
    return true;
  }

  private void end(Lists.Waiting waiting, @Nullable Throwable cause) {
    synchronized (server) {
      server.jobs().leave(waiting);
    }
    if (cause == null) {
      waiting.job().tryComplete(null);
    } else {
      waiting.job().tryFail(cause);
    }
  }

  @Override
  public Future<?> done(JobsKey list, String workerId, String job) {
    return run(
        () -> {
          var taker = takers.get(list.taken(workerId));
          if (taker == null) {
            return Future.<Void>succeededFuture();
          }
          taker.done.add(job);
          return forgetDone(list, workerId, taker).otherwiseEmpty();
        });
  }

  /** Others may have taken the worker for gone; perhaps nobody has the job yet. */
  private Future<Void> forgetDone(JobsKey list, String workerId, Taker taker) {
    var all = List.copyOf(taker.done);
    if (all.isEmpty()) {
      return Future.succeededFuture();
    }
    return send(lists -> {
          all.forEach(job -> lists.done(list, workerId, job));
          return all;
        })
        .onSuccess(
            forgotten ->
                forgotten.forEach(
                    job -> {
                      taker.done.remove(job);
                      taker.known.remove(job);
                    }))
        .mapEmpty();
  }

  @Override
  public Future<Set<String>> holders(JobsKey list) {
    return run(() -> send(lists -> lists.holders(list)));
  }

  @Override
  public Future<?> giveBack(JobsKey list, String workerId) {
    return run(() -> giveBackOnContext(list, workerId));
  }

  private Future<Boolean> giveBackOnContext(JobsKey list, String workerId) {
    return send(
        lists -> {
          lists.giveBack(list, workerId);
          return true;
        });
  }

  @Override
  public Future<?> close(JobsKey list, String workerId) {
    return run(
        () -> {
          var taker = takers.remove(list.taken(workerId));
          if (taker == null) {
            return Future.<Boolean>succeededFuture();
          }
          abandon(taker);
          return forgetDone(list, workerId, taker)
              .otherwiseEmpty()
              .compose(forgotten -> giveBackOnContext(list, workerId));
        });
  }

  private void abandon(Taker taker) {
    if (taker.waiting != null) {
      end(taker.waiting, MemoryServer.gone());
    }
  }

  @Override
  public void close() {
    isClosed = true;
    takers.values().forEach(this::abandon);
    takers.clear();
  }
}
