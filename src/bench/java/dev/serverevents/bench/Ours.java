package dev.serverevents.bench;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WaitOptions;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** This project, through its public API, over the event bus, with timeouts and all features on. */
final class Ours extends VerticleBase implements Contender {

  private final Vertx owner;
  private final String queueUrl;
  private final WaitOptions options;
  private final Leases leases;
  private ServerEvents events;
  private JobQueue jobs;
  private Context home;

  Ours(String redisUrl, WaitOptions options) {
    this(redisUrl, options, LOOPS);
  }

  /** One that has so many event loops. */
  Ours(String redisUrl, WaitOptions options, int loops) {
    this(redisUrl, RedisServerOptions.of(redisUrl), options, loops);
  }

  /** One whose jobs are on another Redis than its events. */
  Ours(String queueUrl, RedisServerOptions redis, WaitOptions options) {
    this(queueUrl, redis, options, LOOPS);
  }

  private Ours(String queueUrl, RedisServerOptions redis, WaitOptions options, int loops) {
    owner = Contender.vertx(loops);
    this.queueUrl = queueUrl;
    this.options = options;
    leases = new Leases(owner, queueUrl);
    var settings = new ServerEventsOptions().setRedis(redis).setTimeout(TIMEOUT_MS);
    if (options.isWatching()) {
      leases.open();
    }
    var instances = new DeploymentOptions().setInstances(loops);
    owner.deployVerticle(() -> new ServerEventsVerticle(settings), instances).await();
    owner.deployVerticle(this).await();
  }

  @Override
  public Future<?> start() {
    home = context;
    events = ServerEvents.create(vertx);
    return Redis.createClient(vertx, queueUrl)
        .connect()
        .onSuccess(redis -> jobs = new JobQueue(context, redis));
  }

  /** Its Vert.x. */
  Vertx vertx() {
    return owner;
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    var done = Promise.<Object>promise();
    Loop.run(home, () -> start(id, done));
    return done.future().toCompletionStage();
  }

  private void start(long id, Promise<Object> done) {
    var result =
        options.direct() || options.isWatching()
            ? events.request("bench", id, options, job -> jobs.push(job, id))
            : events.request("bench", id, options, () -> jobs.push("bench:" + id, id));
    result.<Object>map(args -> args.get(0)).onComplete(done);
  }

  @Override
  public CompletionStage<?> register(long id) {
    var done = Promise.<Void>promise();
    var waiting = options.timeout(PENDING_MS);
    Loop.run(
        home,
        () -> {
          if (options.isWatching()) {
            events
                .request("pending", id, waiting, job -> leases.claim(job).onComplete(done))
                .onFailure(ended -> {});
          } else if (options.direct()) {
            events
                .request("pending", id, waiting, job -> Future.succeededFuture(done.tryComplete()))
                .onFailure(ended -> {});
          } else {
            var wait = events.listen("pending", id, waiting);
            wait.subscribed().onComplete(done);
            wait.future().onFailure(ended -> {});
          }
        });
    return done.future().toCompletionStage();
  }

  @Override
  public CompletionStage<?> timeOut(long id) {
    var done = Promise.<Void>promise();
    var waiting = options.timeout(SHORT_MS);
    var wait =
        options.direct()
            ? events.request("timeout", id, waiting, job -> Future.succeededFuture())
            : events.on("timeout", id, waiting);
    wait.onSuccess(args -> done.fail("nothing was emitted"))
        .onFailure(
            cause -> {
              if (cause instanceof EventTimeoutException) {
                done.complete();
              } else {
                done.fail(cause);
              }
            });
    return done.future().toCompletionStage();
  }

  @Override
  public CompletionStage<?> endAll() {
    var done = Promise.<Void>promise();
    Loop.run(
        home,
        () -> {
          var closing = events;
          events = ServerEvents.create(vertx);
          closing.close().onComplete(done);
        });
    return done.future().toCompletionStage();
  }

  @Override
  public OptionalLong commands() {
    return options.isWatching() ? OptionalLong.of(leases.commands()) : OptionalLong.empty();
  }

  @Override
  public CompletionStage<?> emit(long id) {
    return events.emit("burst", id, WorkerMain.RESULT).toCompletionStage();
  }

  @Override
  public Optional<Context> context() {
    return Optional.of(home);
  }

  @Override
  public void close() {
    owner.close().await();
  }
}
