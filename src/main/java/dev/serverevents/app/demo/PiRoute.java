package dev.serverevents.app.demo;

import dev.serverevents.Cause;
import dev.serverevents.ServerEvents;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Fields;
import dev.serverevents.web.Bodies;
import dev.serverevents.web.Problems;
import dev.serverevents.web.Requests;
import dev.serverevents.web.RoutesOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.UUID;

/**
 * {@code POST /demo/pi?timeout=ms} with {@code {"digits": 1000}}: puts a job on a Redis list, waits
 * for its event, and answers {@code {"pi": "3.14..."}}. The list has at most {@value #MAX_JOBS}
 * jobs, and none that nobody waits for any more.
 */
public final class PiRoute {

  /** Where it is. */
  public static final String PATH = "/demo/pi";

  /** The name of the events that it waits for. */
  public static final String EVENT = PiJob.EVENT;

  /** How many jobs may be on the list. */
  static final int MAX_JOBS = 1_000;

  private static final long MAX_BODY = 1024;

  private final ServerEvents events;
  private final Redis redis;
  private final long maxWait;

  private PiRoute(ServerEvents events, Redis redis, long maxWait) {
    this.events = events;
    this.redis = redis;
    this.maxWait = maxWait;
  }

  /** Mounts the route; jobs are handed over by {@code redis}. */
  public static void mount(Router router, ServerEvents events, RoutesOptions options, Redis redis) {
    var route = new PiRoute(events, redis, options.getMaxWait());
    new Bodies(MAX_BODY, options.getRequestTimeout())
        .on(router.post(PATH))
        .handler(route::compute)
        .failureHandler(Problems::answer);
  }

  /** A command line to try it with, in which {@code $KEY} stands for a key if one is needed. */
  public static String curl(String serverUrl, boolean needsKey) {
    var key = needsKey ? "-H \"X-API-Key: $KEY\" " : "";
    return "curl -s " + key + "-d '{\"digits\": 1000}' " + serverUrl + PATH;
  }

  private void compute(RoutingContext ctx) {
    var body = Fields.object("body", Requests.json(ctx));
    var job = new PiJob(UUID.randomUUID().toString(), PiJob.digits(body.getValue("digits")));
    var options = Requests.waitOptions(ctx, maxWait).retained(true);
    var wait = events.listen(EVENT, job.id(), options);
    ctx.response()
        .closeHandler(
            gone -> {
              Requests.tellIfLeft(ctx);
              wait.cancel(Cause.CLIENT_GONE);
            });
    wait.subscribed()
        .compose(heard -> handOver(job))
        .compose(handedOver -> wait.future().onFailure(notDone -> takeBack(job)))
        .onFailure(cause -> wait.cancel())
        .onSuccess(args -> ctx.json(new JsonObject().put("pi", args.get(0))))
        .onFailure(ctx::fail);
  }

  /** The list lasts as long as anybody can wait for the last of its jobs. */
  private Future<?> handOver(PiJob job) {
    var push = Request.cmd(Command.RPUSH).arg(PiJob.LIST).arg(job.encode());
    var expire = Request.cmd(Command.PEXPIRE).arg(PiJob.LIST).arg(maxWait);
    return redis
        .batch(List.of(push, expire))
        .recover(
            cause ->
                Future.failedFuture(
                    new UnavailableException(Cause.REDIS_AWAY, "No worker reached", cause)))
        .compose(answers -> checkRoom(job, answers.get(0).toInteger()));
  }

  private Future<?> checkRoom(PiJob job, int jobs) {
    var full =
        new UnavailableException(
            Cause.LIMIT, MAX_JOBS + " jobs of the demo wait for a worker already");
    return jobs <= MAX_JOBS
        ? Future.succeededFuture()
        : takeBack(job).transform(taken -> Future.failedFuture(full));
  }

  private Future<?> takeBack(PiJob job) {
    return redis.send(Request.cmd(Command.LREM).arg(PiJob.LIST).arg(-1).arg(job.encode()));
  }
}
