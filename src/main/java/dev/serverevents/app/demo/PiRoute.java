package dev.serverevents.app.demo;

import dev.serverevents.ServerEvents;
import dev.serverevents.UnavailableException;
import dev.serverevents.bus.Fields;
import dev.serverevents.web.Problems;
import dev.serverevents.web.Requests;
import dev.serverevents.web.RoutesOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.util.UUID;

/**
 * {@code POST /demo/pi?timeout=ms} with {@code {"digits": 1000}}: puts a job on a Redis list, waits
 * for its event, and answers {@code {"pi": "3.14..."}}.
 */
public final class PiRoute {

  /** Where it is. */
  public static final String PATH = "/demo/pi";

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
    router
        .post(PATH)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(route::compute)
        .failureHandler(Problems::answer);
  }

  /** A command line to try it with. */
  public static String curl(String serverUrl) {
    return "curl -s -d '{\"digits\": 1000}' " + serverUrl + PATH;
  }

  private void compute(RoutingContext ctx) {
    var body = Fields.object("body", Requests.json(ctx));
    var digits = PiJob.digits(body.getValue("digits"));
    var id = UUID.randomUUID().toString();
    events
        .requestDirect(
            PiJob.EVENT,
            id,
            Requests.waitOptions(ctx, maxWait).retained(true),
            replyTo -> handOver(new PiJob(id, replyTo, digits)))
        .onSuccess(args -> ctx.json(new JsonObject().put("pi", args.get(0))))
        .onFailure(ctx::fail);
  }

  private Future<?> handOver(PiJob job) {
    return redis
        .send(Request.cmd(Command.RPUSH).arg(PiJob.LIST).arg(job.encode()))
        .recover(
            cause -> Future.failedFuture(new UnavailableException("No worker reached", cause)));
  }
}
