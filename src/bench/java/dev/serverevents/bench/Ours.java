package dev.serverevents.bench;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.util.concurrent.CompletionStage;

/** This project, through its public API, over the event bus, with timeouts and all features on. */
final class Ours extends VerticleBase implements Contender {

  private final Vertx owner = Contender.vertx();
  private final String redisUrl;
  private final boolean direct;
  private ServerEvents events;
  private JobQueue jobs;
  private Context home;

  Ours(String redisUrl, boolean direct) {
    this.redisUrl = redisUrl;
    this.direct = direct;
    var options = new ServerEventsOptions().setConnectionString(redisUrl).setTimeout(TIMEOUT_MS);
    owner.deployVerticle(new ServerEventsVerticle(options)).await();
    owner.deployVerticle(this).await();
  }

  @Override
  public Future<?> start() {
    home = context;
    events = ServerEvents.create(vertx);
    return Redis.createClient(vertx, redisUrl)
        .connect()
        .onSuccess(redis -> jobs = new JobQueue(context, redis));
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    var done = Promise.<Object>promise();
    if (Vertx.currentContext() == home) {
      start(id, done);
    } else {
      home.runOnContext(v -> start(id, done));
    }
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
  public void close() {
    owner.close().await();
  }
}
