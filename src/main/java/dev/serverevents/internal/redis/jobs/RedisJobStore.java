package dev.serverevents.internal.redis.jobs;

import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@link JobStore} on Redis. Whoever calls it, it works on the verticle's context. */
public final class RedisJobStore implements JobStore {

  /** How many jobs go back in one transaction, which keeps Redis busy for some ms. */
  private static final int GIVE_BACK = 5_000;

  private final Resources resources;
  private final JobClient commands;

  /** By the key of the worker's own list. */
  private final Map<String, Taker> takers = new HashMap<>();

  /** Connects when it is used first. */
  public RedisJobStore(Resources resources) {
    this.resources = resources;
    commands = new JobClient(resources);
  }

  /** Does something on the verticle's context, for a caller on any. */
  private <T> Future<T> run(Supplier<Future<T>> action) {
    Promise<T> done = ((VertxInternal) resources.vertx()).getOrCreateContext().promise();
    resources.context().runOnContext(turn -> action.get().onComplete(done));
    return done.future();
  }

  private Future<@Nullable Response> send(Request command) {
    return commands.send(command);
  }

  private Future<List<Response>> batch(Stream<Request> together) {
    return commands.batch(together.toList());
  }

  private static Request length(String list) {
    return Request.cmd(Command.LLEN).arg(list);
  }

  private static Stream<Request> expire(JobsKey list) {
    return list.lifetime() == 0
        ? Stream.empty()
        : Stream.of(Request.cmd(Command.PEXPIRE).arg(list.key()).arg(list.lifetime()));
  }

  @Override
  public Future<Integer> push(JobsKey list, String job) {
    var push = Request.cmd(Command.RPUSH).arg(list.key()).arg(job);
    return run(
        () ->
            list.lifetime() == 0
                ? send(push).map(Response::toInteger)
                : batch(Stream.concat(Stream.of(push), expire(list)))
                    .map(answers -> answers.get(0).toInteger()));
  }

  @Override
  public Future<Boolean> remove(JobsKey list, String job) {
    return run(
        () ->
            send(Request.cmd(Command.LREM).arg(list.key()).arg(1).arg(job))
                .map(removed -> removed.toInteger() > 0));
  }

  private Taker taker(JobsKey list, String workerId) {
    return takers.computeIfAbsent(
        list.taken(workerId), own -> new Taker(resources, commands, list, workerId));
  }

  @Override
  public Future<@Nullable String> take(JobsKey list, String workerId) {
    return run(
        () -> {
          if (commands.isClosed()) {
            return Future.failedFuture(JobClient.closed());
          }
          return taker(list, workerId).take();
        });
  }

  @Override
  public Future<?> done(JobsKey list, String workerId, String job) {
    return run(
        () -> {
          var taker = takers.get(list.taken(workerId));
          return taker == null ? Future.succeededFuture() : taker.done(job).mapEmpty();
        });
  }

  @Override
  public Future<Set<String>> holders(JobsKey list) {
    return run(
        () ->
            send(Request.cmd(Command.SMEMBERS).arg(list.workers()))
                .map(ids -> ids.stream().map(Response::toString).collect(Collectors.toSet())));
  }

  @Override
  public Future<Void> giveBack(JobsKey list, String workerId) {
    return run(() -> giveBackOnContext(list, workerId));
  }

  /** What comes to the worker's list meanwhile is left to the next time, or it may never end. */
  private Future<Void> giveBackOnContext(JobsKey list, String workerId) {
    return send(length(list.taken(workerId)))
        .compose(jobs -> move(list, workerId, jobs.toInteger()))
        .compose(moved -> leave(list, workerId));
  }

  /**
   * Moves the last jobs first, so that they keep their order, and in one transaction, so that no
   * worker that waits for a job takes one of the last before the others are there.
   */
  private Future<Void> move(JobsKey list, String workerId, int jobs) {
    if (jobs <= 0) {
      return Future.succeededFuture();
    }
    var move =
        Request.cmd(Command.LMOVE)
            .arg(list.taken(workerId))
            .arg(list.key())
            .arg("RIGHT")
            .arg("LEFT");
    var transaction = new ArrayList<Request>();
    transaction.add(Request.cmd(Command.MULTI));
    Stream.generate(() -> move).limit(Math.min(jobs, GIVE_BACK)).forEach(transaction::add);
    expire(list).forEach(transaction::add);
    transaction.add(Request.cmd(Command.EXEC));
    return batch(transaction.stream()).compose(moved -> move(list, workerId, jobs - GIVE_BACK));
  }

  /** A worker that was not gone after all may have taken a job meanwhile: it stays known. */
  private Future<Void> leave(JobsKey list, String workerId) {
    var id = Request.cmd(Command.SREM).arg(list.workers()).arg(workerId);
    return batch(Stream.of(id, length(list.taken(workerId))))
        .compose(
            answers ->
                answers.get(1).toInteger() == 0
                    ? Future.succeededFuture()
                    : send(Request.cmd(Command.SADD).arg(list.workers()).arg(workerId)).mapEmpty());
  }

  @Override
  public Future<?> close(JobsKey list, String workerId) {
    return run(
        () -> {
          var taker = takers.remove(list.taken(workerId));
          return taker == null
              ? Future.<Void>succeededFuture()
              : taker.close().compose(closed -> giveBackOnContext(list, workerId));
        });
  }

  @Override
  public void close() {
    takers.values().forEach(Taker::abandon);
    takers.clear();
    commands.close();
  }
}
