import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

public class Worker {
  private static final String REDIS =
      System.getenv().getOrDefault("REDIS", "redis://localhost:6379");
  private static final Map<String, Integer> PRICES = Map.of("tea", 3, "coffee", 4);

  /** For a minute, a result can also be had by those who ask for it later. */
  private static final EmitOptions RETAINED = EmitOptions.retain(Duration.ofMinutes(1));

  private final Vertx vertx;
  private final ServerEvents events;
  private final RedisAPI redis;

  private Worker(Vertx vertx, RedisAPI redis) {
    this.vertx = vertx;
    this.redis = redis;
    events = ServerEvents.create(vertx);
  }

  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    // It only emits, so it needs no connection that subscribes
    var options = new ServerEventsOptions().setConnectionString(REDIS).setListen(false);
    vertx.deployVerticle(new ServerEventsVerticle(options)).await();
    new Worker(vertx, RedisAPI.api(Redis.createClient(vertx, REDIS))).next();
    System.out.println("The worker waits for jobs");
  }

  private void next() {
    redis
        .blpop(List.of("price jobs", "1"))
        .compose(taken -> taken == null ? Future.succeededFuture() : work(taken.get(1).toString()))
        .onSuccess(done -> next())
        .onFailure(
            cause -> {
              System.out.println("A job failed: " + cause.getMessage());
              vertx.setTimer(1_000, timer -> next());
            });
  }

  private Future<?> work(String json) {
    var job = new JsonObject(json);
    var id = job.getString("id");
    var order = job.getJsonObject("order");
    var price = PRICES.get(order.getString("item"));
    if (price == null) {
      return events.emitFailure(
          RETAINED, "orders.priced", id, 422, "There is no such item", order.getString("item"));
    }
    var result = new JsonObject().put("id", id).put("price", price * order.getInteger("quantity"));
    return events
        .emitProgress("orders.priced", id, 50, "%")
        .compose(told -> vertx.timer(200)) // this work takes a while
        .compose(worked -> events.emit(RETAINED, "orders.priced", id, result));
  }
}
