package dev.serverevents.bench;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WaitOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** This project, through its public API, over the event bus, with timeouts and all features on. */
final class Ours extends VerticleBase implements Contender {

  private final Vertx owner = Contender.vertx();
  private final String queueUrl;
  private final boolean direct;
  private ServerEvents events;
  private JobQueue jobs;
  private Context home;

  Ours(String redisUrl, boolean direct) {
    this(redisUrl, RedisServerOptions.of(redisUrl), direct);
  }

  /** One whose jobs are on another Redis than its events. */
  Ours(String queueUrl, RedisServerOptions redis, boolean direct) {
    this.queueUrl = queueUrl;
    this.direct = direct;
    var options = new ServerEventsOptions().setRedis(redis).setTimeout(TIMEOUT_MS);
    owner.deployVerticle(new ServerEventsVerticle(options)).await();
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

  @Override
  public CompletionStage<?> cycle(long id) {
    var done = Promise.<Object>promise();
    Loop.run(home, () -> start(id, done));
    return done.future().toCompletionStage();
  }

  private void start(long id, Promise<Object> done) {
    var result =
        direct
            ? events.requestDirect("bench", id, replyTo -> jobs.push(replyTo, id))
            : events.request("bench", id, () -> jobs.push("bench:" + id, id));
    result.<Object>map(args -> args.get(0)).onComplete(done);
  }

  @Override
  public CompletionStage<?> register(long id) {
    var done = Promise.<Void>promise();
    var waiting = WaitOptions.DEFAULT.timeout(PENDING_MS);
    Loop.run(
        home,
        () -> {
          if (direct) {
            events
                .requestDirect(
                    "pending", id, waiting, replyTo -> Future.succeededFuture(done.tryComplete()))
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
    var options = WaitOptions.DEFAULT.timeout(SHORT_MS);
    var wait =
        direct
            ? events.requestDirect("timeout", id, options, replyTo -> Future.succeededFuture())
            : events.on("timeout", id, options);
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
