import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.WorkOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;

public class Worker {
  private static final String REDIS =
      System.getenv().getOrDefault("REDIS", "redis://localhost:6379");
  private static final Map<String, Integer> PRICES = Map.of("tea", 3, "coffee", 4);

  /** For a minute, a result can also be had by those who ask for it later. */
  private static final WorkOptions OPTIONS =
      WorkOptions.DEFAULT.emit(EmitOptions.retain(Duration.ofMinutes(1)));

  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    vertx.deployVerticle(ServerEventsVerticle.of(REDIS)).await();
    var events = ServerEvents.create(vertx);
    var jobs = events.jobList("orders.priced");
    var worker = events.work("orders.priced", jobs, OPTIONS, job -> price(vertx, job));
    worker.ready().await();
    System.out.println("The worker waits for jobs");

    // Ctrl-C: the job in hand is done before the process ends
    Runtime.getRuntime().addShutdownHook(new Thread(() -> worker.close().await()));
  }

  private static Future<?> price(Vertx vertx, ClaimedJob job) {
    var order = (JsonObject) job.data();
    var price = PRICES.get(order.getString("item"));
    if (price == null) {
      return job.fail(422, "There is no such item", order.getString("item"));
    }
    var result = new JsonObject();
    result.put("id", job.id()).put("price", price * order.getInteger("quantity"));
    return job.progress(50, "%")
        .compose(told -> vertx.timer(200)) // this work takes a while
        .map(worked -> result);
  }
}
