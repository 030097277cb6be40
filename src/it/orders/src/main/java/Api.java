import dev.serverevents.JobList;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WaitOptions;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;

public class Api {
  private static final String REDIS =
      System.getenv().getOrDefault("REDIS", "redis://localhost:6379");
  private static final WaitOptions OPTIONS = WaitOptions.DEFAULT.timeout(5_000).watchWorker();

  private final ServerEvents events;
  private final JobList jobs;

  private Api(ServerEvents events) {
    this.events = events;
    jobs = events.jobList("orders.priced");
  }

  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    var deployment = vertx.deployVerticle(ServerEventsVerticle.of(REDIS)).await();

    var router = router(vertx, ServerEvents.create(vertx));
    vertx.createHttpServer().requestHandler(router).listen(Integer.parseInt(args[0])).await();
    System.out.println("The API listens on port " + args[0]);

    // Ctrl-C: pending waits get their answers before the process ends
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(vertx, deployment)));
  }

  static Router router(Vertx vertx, ServerEvents events) {
    var api = new Api(events);
    var router = Router.router(vertx);
    router.get("/").handler(ctx -> ctx.response().sendFile("orders.html").onFailure(ctx::fail));
    router.post("/orders/:id/price").handler(BodyHandler.create(false)).handler(api::price);
    router.route("/orders/*").failureHandler(Problems::answer);
    var live = Router.router(vertx);
    ServerEventsRoutes.mount(live, events);
    router.route("/live/*").subRouter(live);
    return router;
  }

  private static void end(Vertx vertx, String deployment) {
    vertx.undeploy(deployment).otherwiseEmpty().await();
    vertx.close().await();
  }

  private void price(RoutingContext ctx) {
    var order = ctx.body().asJsonObject();
    events
        .request("orders.priced", ctx.pathParam("id"), OPTIONS, job -> jobs.push(job.data(order)))
        .onSuccess(priced -> ctx.json(priced.get(0)))
        .onFailure(ctx::fail);
  }
}
