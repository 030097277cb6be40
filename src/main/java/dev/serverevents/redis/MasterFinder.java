package dev.serverevents.redis;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Knows the URL of the Redis server to connect to: the one that is set, or the one that Sentinels
 * say is the master. Used on the verticle's context only.
 */
final class MasterFinder {

  /** For how long one Sentinel is asked before another is. */
  private static final long PATIENCE_MS = 1_000;

  private final Vertx vertx;
  private final RedisServerOptions redis;

  /** The one that answered last comes first. */
  private final List<String> endpoints;

  MasterFinder(Vertx vertx, RedisServerOptions redis) {
    this.vertx = vertx;
    this.redis = redis;
    endpoints = new ArrayList<>(redis.getEndpoints());
  }

  /** Whether the master can be another one tomorrow. */
  boolean mayChange() {
    return redis.getType() == RedisServerOptions.Type.SENTINEL;
  }

  /** The URL; fails with {@link UnavailableException} if no Sentinel knows the master. */
  Future<String> find() {
    return mayChange() ? ask(List.copyOf(endpoints), 0) : Future.succeededFuture(endpoints.get(0));
  }

  private Future<String> ask(List<String> sentinels, int index) {
    var sentinel = sentinels.get(index);
    return ask(sentinel)
        .onSuccess(
            url -> {
              endpoints.remove(sentinel);
              endpoints.add(0, sentinel);
            })
        .recover(
            cause ->
                index + 1 < sentinels.size()
                    ? ask(sentinels, index + 1)
                    : Future.failedFuture(
                        new UnavailableException(
                            "No Sentinel of redis.endpoints knows the master \"%s\": %s"
                                .formatted(redis.getMasterName(), cause.getMessage()),
                            cause)));
  }

  private Future<String> ask(String sentinel) {
    var client = Redis.createClient(vertx, ClientOptions.ofSentinel(redis, sentinel));
    return client
        .connect()
        .compose(this::ask)
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
        .eventually(client::close);
  }

  private Future<String> ask(RedisConnection sentinel) {
    return sentinel
        .send(
            Request.cmd(Command.SENTINEL).arg("GET-MASTER-ADDR-BY-NAME").arg(redis.getMasterName()))
        .compose(
            address ->
                address == null
                    ? Future.failedFuture("it is unknown there")
                    : Future.succeededFuture(
                        redis.masterUrl(address.get(0).toString(), address.get(1).toInteger())));
  }
}
