package dev.serverevents.app;

import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.app.demo.PiWorker;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runnable server: deploys what its roles need. */
public final class ServerVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(ServerVerticle.class);

  private volatile @Nullable String worker;
  private volatile @Nullable String events;
  private volatile @Nullable String http;
  private @Nullable EmbeddedRedis embeddedRedis;

  @Override
  public Future<?> start() {
    var configuration = Configuration.of(config(), System.getenv());
    if (!configuration.ofServices().isEmpty()) {
      LOG.info("passed over what Kubernetes sets for Services: {}", configuration.ofServices());
    }
    return startRedis(configuration)
        .compose(v -> deploy(new ServerEventsVerticle(configuration.events())))
        .onSuccess(id -> events = id)
        .compose(v -> startWorker(configuration))
        .compose(v -> startApi(configuration))
        .onSuccess(started -> LOG.info("started, with the roles {}", configuration.roles()));
  }

  @Override
  public Future<?> stop() {
    if (embeddedRedis != null) {
      embeddedRedis.close();
    }
    return Future.succeededFuture();
  }

  /**
   * Ends in an order in which nothing is lost: the worker finishes its job and emits the result;
   * the pending waits get their drain timeout, while new ones are refused; HTTP goes last, for it
   * answers all of them.
   */
  Future<Void> drain(Vertx vertx) {
    return undeploy(vertx, worker)
        .eventually(() -> undeploy(vertx, events))
        .eventually(() -> undeploy(vertx, http));
  }

  private static Future<Void> undeploy(Vertx vertx, @Nullable String id) {
    return id == null ? Future.succeededFuture() : vertx.undeploy(id);
  }

  private Future<String> deploy(Deployable verticle) {
    return vertx.deployVerticle(verticle);
  }

  private Future<?> startRedis(Configuration configuration) {
    if (!configuration.embeddedRedis()) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(EmbeddedRedis::start)
        .onSuccess(
            redis -> {
              LOG.info("no Redis configured: started an embedded one at {}", redis.shownUrl());
              embeddedRedis = redis;
              configuration.events().setConnectionString(redis.url());
            });
  }

  private Future<?> startWorker(Configuration configuration) {
    return configuration.has(Role.WORKER)
        ? deploy(new PiWorker(configuration.events().getRedis())).onSuccess(id -> worker = id)
        : Future.succeededFuture();
  }

  private Future<?> startApi(Configuration configuration) {
    return configuration.has(Role.API)
        ? deploy(new HttpVerticle(configuration)).onSuccess(id -> http = id)
        : Future.succeededFuture();
  }
}
