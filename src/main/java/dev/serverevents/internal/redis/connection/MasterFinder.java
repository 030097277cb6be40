package dev.serverevents.internal.redis.connection;

import dev.serverevents.Cause;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;

/**
 * Knows the URL of the Redis server to connect to: the one that is set, or the one that Sentinels
 * say is the master. Used on the verticle's context only.
 */
public final class MasterFinder {

  private final RedisServerOptions redis;
  private final Endpoints sentinels;

  /** Asks no Sentinel yet. */
  public MasterFinder(Resources resources) {
    redis = resources.redis();
    var options = new ClientOptions(resources, ConnectionRole.WATCH);
    sentinels = new Endpoints(resources.vertx(), redis.getEndpoints(), options::ofSentinel);
  }

  /** Where a connection to it goes. */
  public Target target() {
    return new Target(mayChange(), this::find);
  }

  /** Whether the master can be another one tomorrow. */
  boolean mayChange() {
    return redis.getType() == RedisServerOptions.Type.SENTINEL;
  }

  /** The URL; fails with {@link UnavailableException} if no Sentinel knows the master. */
  public Future<String> find() {
    return mayChange()
        ? sentinels.ask((url, sentinel) -> ask(sentinel)).recover(this::unknown)
        : Future.succeededFuture(redis.getEndpoints().get(0));
  }

  private Future<String> unknown(Throwable cause) {
    return Future.failedFuture(
        new UnavailableException(
            Cause.REDIS_AWAY,
            "No Sentinel of redis.endpoints knows the master \"%s\": %s"
                .formatted(redis.getMasterName(), cause.getMessage()),
            cause));
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
                        redis.serverUrl(address.get(0).toString(), address.get(1).toInteger())));
  }
}
