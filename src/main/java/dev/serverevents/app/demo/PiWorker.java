package dev.serverevents.app.demo;

import ch.obermuhlner.math.big.BigDecimalMath;
import dev.serverevents.EmitOptions;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.redis.connection.ClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one job after another from the Redis list, and emits each result. */
public final class PiWorker extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(PiWorker.class);
  private static final int POLL_SECONDS = 1;
  private static final long RETRY_MS = 1_000;

  /** A server that is cut off from Redis for less than this still answers. */
  private static final EmitOptions RETAINED = EmitOptions.retain(Duration.ofSeconds(30));

  private final RedisServerOptions redis;
  private final Promise<Void> finished = Promise.promise();
  private boolean stopping;

  /** Takes its jobs from {@code redis}. */
  public PiWorker(RedisServerOptions redis) {
    this.redis = redis;
  }

  @Override
  public Future<?> start() {
    var events = ServerEvents.create(vertx);
    return ClientOptions.of(vertx, redis)
        .onSuccess(options -> next(Redis.createClient(vertx, options), events));
  }

  /** Completes when the job at hand is done: none that was taken from the list is lost. */
  @Override
  public Future<?> stop() {
    stopping = true;
    return finished.future();
  }

  private void next(Redis redis, ServerEvents events) {
    if (stopping) {
      finished.complete();
      return;
    }
    redis
        .send(Request.cmd(Command.BLPOP).arg(PiJob.LIST).arg(POLL_SECONDS))
        .compose(taken -> taken == null ? Future.succeededFuture() : work(taken, events))
        .onSuccess(done -> next(redis, events))
        .onFailure(
            cause -> {
              LOG.warn("a job, or taking one, failed: {}", cause.getMessage());
              vertx.setTimer(RETRY_MS, timer -> next(redis, events));
            });
  }

  private Future<?> work(Response taken, ServerEvents events) {
    var job = PiJob.parse(taken.get(1).toString());
    return vertx
        .executeBlocking(() -> pi(job.digits()))
        .compose(pi -> events.emit(RETAINED, PiJob.EVENT, job.id(), pi));
  }

  static String pi(int digits) {
    return BigDecimalMath.pi(new MathContext(digits, RoundingMode.DOWN)).toPlainString();
  }
}
