package dev.serverevents.redis;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks nodes of a Redis Cluster who serves which slot. Used on the verticle's context only. */
final class ClusterFinder {

  private final RedisServerOptions redis;
  private final Endpoints nodes;

  ClusterFinder(Vertx vertx, RedisServerOptions redis) {
    this.redis = redis;
    nodes = new Endpoints(vertx, redis.getEndpoints(), url -> ClientOptions.of(vertx, redis, url));
  }

  /** Asks any node; fails with {@link UnavailableException} if none tells. */
  Future<SlotMap> ask() {
    return nodes
        .ask(this::ask)
        .onSuccess(slots -> nodes.add(slots.owners()))
        .recover(
            cause ->
                Future.failedFuture(
                    new UnavailableException(
                        "No node of redis.endpoints tells who serves the cluster's slots: "
                            + cause.getMessage(),
                        cause)));
  }

  /** Asks the node at {@code url} on a connection to it. */
  Future<SlotMap> ask(String url, RedisConnection node) {
    return node.batch(
            List.of(
                Request.cmd(Command.CLUSTER).arg("INFO"),
                Request.cmd(Command.CLUSTER).arg("SLOTS")))
        .map(answers -> SlotMap.of(redis, url, answers.get(0).toString(), answers.get(1)))
        .timeout(Endpoints.PATIENCE_MS, TimeUnit.MILLISECONDS);
  }
}
