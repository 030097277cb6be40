package dev.serverevents.internal.redis.jobs;

import dev.serverevents.Cause;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.redis.connection.ClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The {@link JobStore} on Redis, with clients of its own: a command that waits for a job holds up
 * all that follow it on its connection.
 */
public final class RedisJobStore implements JobStore {

  /** So long Redis waits for a job, in s. */
  private static final int TAKE_S = 1;

  private final Vertx vertx;
  private final RedisServerOptions redis;
  private final Future<Redis> client;

  /** The clients that wait for jobs, by the list that is the worker's own. */
  private final Map<String, Future<Redis>> takers = new ConcurrentHashMap<>();

  /** Connects when it is used first. */
  public RedisJobStore(Vertx vertx, RedisServerOptions redis) {
    this.vertx = vertx;
    this.redis = redis;
    client = connect();
  }

  private Future<Redis> connect() {
    return ClientOptions.of(vertx, redis).map(options -> Redis.createClient(vertx, options));
  }

  private static String taken(String list, String workerId) {
    return list + ":" + workerId;
  }

  private static String workers(String list) {
    return list + ":workers";
  }

  private Future<@Nullable Response> send(Future<Redis> to, Request command) {
    return to.compose(connected -> connected.send(command))
        .recover(
            cause ->
                Future.failedFuture(
                    new UnavailableException(
                        Cause.REDIS_AWAY, "Redis does not serve jobs: " + cause, cause)));
  }

  private Future<@Nullable Response> send(Request command) {
    return send(client, command);
  }

  @Override
  public Future<Integer> push(String list, String job) {
    return send(Request.cmd(Command.RPUSH).arg(list).arg(job)).map(Response::toInteger);
  }

  @Override
  public Future<Boolean> remove(String list, String job) {
    return send(Request.cmd(Command.LREM).arg(list).arg(1).arg(job))
        .map(removed -> removed.toInteger() > 0);
  }

  @Override
  public Future<@Nullable String> take(String list, String workerId) {
    var own = taken(list, workerId);
    return send(Request.cmd(Command.SADD).arg(workers(list)).arg(workerId))
        .compose(
            known ->
                send(
                    takers.computeIfAbsent(own, key -> connect()),
                    Request.cmd(Command.BLMOVE)
                        .arg(list)
                        .arg(own)
                        .arg("LEFT")
                        .arg("RIGHT")
                        .arg(TAKE_S)))
        .map(job -> job == null ? null : job.toString());
  }

  @Override
  public Future<?> done(String list, String workerId, String job) {
    return send(Request.cmd(Command.LREM).arg(taken(list, workerId)).arg(1).arg(job));
  }

  @Override
  public Future<Set<String>> holders(String list) {
    return send(Request.cmd(Command.SMEMBERS).arg(workers(list)))
        .map(ids -> ids.stream().map(Response::toString).collect(Collectors.toSet()));
  }

  @Override
  public Future<Void> giveBack(String list, String workerId) {
    return send(Request.cmd(Command.LMOVE)
            .arg(taken(list, workerId))
            .arg(list)
            .arg("RIGHT")
            .arg("LEFT"))
        .compose(
            moved ->
                moved == null
                    ? send(Request.cmd(Command.SREM).arg(workers(list)).arg(workerId)).mapEmpty()
                    : giveBack(list, workerId));
  }

  @Override
  public Future<?> close(String list, String workerId) {
    var taker = takers.remove(taken(list, workerId));
    return giveBack(list, workerId)
        .eventually(
            () -> {
              if (taker != null) {
                taker.onSuccess(Redis::close);
              }
              return Future.succeededFuture();
            });
  }

  @Override
  public void close() {
    takers.values().forEach(taker -> taker.onSuccess(Redis::close));
    client.onSuccess(Redis::close);
  }
}
