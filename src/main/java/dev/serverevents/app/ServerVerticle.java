package dev.serverevents.app;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.app.demo.PiWorker;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runnable server: deploys what its roles need. */
final class ServerVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(ServerVerticle.class);

  /**
   * One for HTTP and one for all else. Each has a verticle of its own that listens to Redis, so
   * that no request has to wake another thread up.
   */
  static final int EVENT_LOOPS = 2;

  private final Configuration configuration;
  private volatile @Nullable String worker;
  private volatile @Nullable String events;
  private volatile @Nullable String http;
  private @Nullable EmbeddedRedis embeddedRedis;

  ServerVerticle(Configuration configuration) {
    this.configuration = configuration;
  }

  @Override
  public Future<?> start() {
    return startRedis()
        .compose(
            options ->
                vertx
                    .deployVerticle(
                        () -> new ServerEventsVerticle(options),
                        new DeploymentOptions().setInstances(EVENT_LOOPS))
                    .onSuccess(id -> events = id)
                    .compose(v -> startWorker())
                    .compose(v -> startApi()))
        .onSuccess(started -> LOG.info("started, with the roles {}", configuration.roles()))
        .recover(this::notStarted);
  }

  private <T> Future<T> notStarted(Throwable cause) {
    return drain(vertx)
        .transform(
            drained -> {
              endRedis();
              return Future.failedFuture(cause);
            });
  }

  @Override
  public Future<?> stop() {
    endRedis();
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

  /** Returns the settings, with the URL of the embedded Redis if there is one. */
  private Future<ServerEventsOptions> startRedis() {
    var options = new ServerEventsOptions(configuration.events());
    if (!configuration.embeddedRedis()) {
      return Future.succeededFuture(options);
    }
    return vertx
        .executeBlocking(EmbeddedRedis::start)
        .recover(
            cause ->
                Future.failedFuture(
                    new FailedStartException(
                        ExitCode.EMBEDDED_REDIS,
                        "the embedded Redis: " + cause.getMessage(),
                        cause)))
        .map(
            redis -> {
              LOG.info("no Redis configured: started an embedded one at {}", redis.shownUrl());
              embeddedRedis = redis;
              return options.setConnectionString(redis.url());
            });
  }

  private void endRedis() {
    if (embeddedRedis != null) {
      embeddedRedis.close();
    }
  }

  private Future<?> startWorker() {
    return configuration.has(Role.WORKER)
        ? deploy(new PiWorker(configuration.http().routes().getMaxWait()))
            .onSuccess(id -> worker = id)
        : Future.succeededFuture();
  }

  private Future<?> startApi() {
    return configuration.has(Role.API)
        ? deploy(new HttpVerticle(configuration)).onSuccess(id -> http = id)
        : Future.succeededFuture();
  }
}
