package dev.serverevents.app;

import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.app.demo.PiWorker;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runnable server: deploys what its roles need, and undeploys it in the same order. */
public final class ServerVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(ServerVerticle.class);

  private @Nullable EmbeddedRedis embeddedRedis;

  @Override
  public Future<?> start() {
    var configuration = Configuration.of(config(), System.getenv());
    return startRedis(configuration)
        .compose(v -> vertx.deployVerticle(new ServerEventsVerticle(configuration.events())))
        .compose(v -> startWorker(configuration))
        .compose(v -> startApi(configuration));
  }

  @Override
  public Future<?> stop() {
    if (embeddedRedis != null) {
      embeddedRedis.close();
    }
    return Future.succeededFuture();
  }

  private Future<?> startRedis(Configuration configuration) {
    if (!configuration.embeddedRedis()) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(EmbeddedRedis::start)
        .onSuccess(
            redis -> {
              LOG.info("no Redis configured: started an embedded one at {}", redis.url());
              embeddedRedis = redis;
              configuration.events().setConnectionString(redis.url());
            });
  }

  private Future<?> startWorker(Configuration configuration) {
    return configuration.roles().contains(Configuration.WORKER)
        ? vertx.deployVerticle(new PiWorker(configuration.events().redisUrl()))
        : Future.succeededFuture();
  }

  private Future<?> startApi(Configuration configuration) {
    return configuration.roles().contains(Configuration.API)
        ? vertx.deployVerticle(new HttpVerticle(configuration))
        : Future.succeededFuture();
  }
}
