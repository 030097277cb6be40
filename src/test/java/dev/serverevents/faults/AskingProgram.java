package dev.serverevents.faults;

import dev.serverevents.Cause;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WaitOptions;
import io.vertx.core.Vertx;

/**
 * An API server of {@link WorkerFaultsIT}, as a process that can be killed. It asks for jobs, and
 * prints {@code ID CAUSE} when one has ended.
 */
final class AskingProgram {

  private AskingProgram() {}

  /** Takes the URL of Redis, the name of the jobs, and whether for direct replies; then the ids. */
  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    var options = new ServerEventsOptions().setConnectionString(args[0]);
    vertx
        .deployVerticle(new ServerEventsVerticle(options))
        .onSuccess(deployed -> ask(ServerEvents.create(vertx), args))
        .onFailure(Throwable::printStackTrace);
  }

  private static void ask(ServerEvents events, String[] args) {
    var jobs = events.jobList(args[1]);
    var options =
        WaitOptions.DEFAULT.timeout(600_000).watchWorker().direct(Boolean.parseBoolean(args[2]));
    for (var i = 3; i < args.length; i++) {
      var id = args[i];
      events
          .request(args[1], id, options, jobs::push)
          .onComplete(ended -> System.out.println(id + " " + Cause.of(ended.cause()).word()));
    }
  }
}
