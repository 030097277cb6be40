package dev.serverevents.bench;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.redis.client.Redis;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An API server with Vert.x Web, as an application has it, with a verticle for each core, and one
 * that listens for events on each event loop: each request starts a job.
 */
final class HttpMain extends VerticleBase {

  private final String redisUrl;
  private final int port;
  private ServerEvents events;
  private JobQueue jobs;
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final AtomicLong IDS = new AtomicLong();

  private HttpMain(String redisUrl, int port) {
    this.redisUrl = redisUrl;
    this.port = port;
  }

  /** Takes Redis's URL and the port to listen on. */
  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    var options = new ServerEventsOptions().setConnectionString(args[0]);
    var each = new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE);
    vertx.deployVerticle(() -> new ServerEventsVerticle(options), each).await();
    vertx
        .deployVerticle(
            () -> new HttpMain(args[0], Integer.parseInt(args[1])),
            new DeploymentOptions().setInstances(CORES))
        .await();
    System.out.println("ready");
  }

  @Override
  public Future<?> start() {
    events = ServerEvents.create(vertx);
    var router = Router.router(vertx);
    router.get("/empty").handler(ctx -> ctx.json(new JsonObject()));
    router.get("/exact").handler(this::exact);
    router.get("/direct").handler(this::direct);
    return Redis.createClient(vertx, redisUrl)
        .connect()
        .onSuccess(redis -> jobs = new JobQueue(context, redis))
        .compose(v -> vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1"));
  }

  private void exact(RoutingContext ctx) {
    var id = IDS.incrementAndGet();
    answer(ctx, events.request("bench", id, () -> jobs.push("bench:" + id, id)));
  }

  private void direct(RoutingContext ctx) {
    var id = IDS.incrementAndGet();
    answer(ctx, events.requestDirect("bench", id, replyTo -> jobs.push(replyTo, id)));
  }

  private static void answer(RoutingContext ctx, Future<EventArgs> result) {
    result
        .onSuccess(
            args ->
                ctx.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(args.toBuffer()))
        .onFailure(ctx::fail);
  }
}
