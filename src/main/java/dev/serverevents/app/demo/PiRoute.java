package dev.serverevents.app.demo;

import dev.serverevents.Cause;
import dev.serverevents.Job;
import dev.serverevents.JobList;
import dev.serverevents.ServerEvents;
import dev.serverevents.web.AllowedMethods;
import dev.serverevents.web.Bodies;
import dev.serverevents.web.Problems;
import dev.serverevents.web.Requests;
import dev.serverevents.web.RoutesOptions;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;

/**
 * {@code POST /demo/pi?timeout=ms} with {@code {"digits": 1000}}: puts a job on a list, waits for
 * its event, and answers {@code {"pi": "3.14..."}}. The list has at most {@value PiJob#MAX_JOBS}
 * jobs, and none that nobody waits for any more; a worker that has taken such a job stops.
 */
public final class PiRoute {

  /** Where it is. */
  public static final String PATH = "/demo/pi";

  /** The name of the events that it waits for. */
  public static final String EVENT = PiJob.EVENT;

  private static final long MAX_BODY = 1024;

  private final ServerEvents events;
  private final JobList jobs;
  private final long maxWait;

  private PiRoute(ServerEvents events, long maxWait) {
    this.events = events;
    this.jobs = PiJob.list(events, maxWait);
    this.maxWait = maxWait;
  }

  /** Mounts the route. */
  public static void mount(Router router, ServerEvents events, RoutesOptions options) {
    var route = new PiRoute(events, options.getMaxWait());
    new Bodies(MAX_BODY, options.getRequestTimeout())
        .on(router.post(PATH))
        .handler(route::compute)
        .failureHandler(Problems::answer);
    AllowedMethods.only(router, PATH, "POST, OPTIONS");
  }

  /** A command line to try it with, in which {@code $KEY} stands for a key if one is needed. */
  public static String curl(String serverUrl, boolean needsKey) {
    var key = needsKey ? "-H \"X-API-Key: $KEY\" " : "";
    return "curl -s " + key + "-d '{\"digits\": 1000}' " + serverUrl + PATH;
  }

  private void compute(RoutingContext ctx) {
    var pi = PiJob.from(Requests.json(ctx));
    var options = Requests.waitOptions(ctx, maxWait).retained(true).watchWorker();
    var handedOver = Promise.<Job>promise();
    var wait =
        events.listen(
            EVENT,
            UUID.randomUUID().toString(),
            options,
            job -> {
              var whole = job.data(pi.toJson());
              return jobs.push(whole).onComplete(pushed -> handedOver.complete(whole));
            });
    Requests.whenGone(ctx, () -> wait.cancel(Cause.CLIENT_GONE));
    wait.future()
        .onFailure(notDone -> handedOver.future().onSuccess(jobs::remove))
        .onSuccess(args -> ctx.json(new JsonObject().put("pi", args.get(0))))
        .onFailure(ctx::fail);
  }
}
