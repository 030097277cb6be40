package dev.serverevents.bench;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.web.RoutesOptions;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An HTTP server, on one event loop, with the routes of this project, and beside them plain ones
 * that write the same bytes to the same number of connections.
 */
final class ReadersMain extends VerticleBase {

  static final String NAME = "readers";
  private static final String PAYLOAD = "x".repeat(1_000);
  private static final String ARGS = "[\"" + PAYLOAD + "\"]";

  /** More than there are readers. */
  private static final long MANY = 100_000;

  private final int port;
  private final Map<String, List<Runnable>> held = new HashMap<>();
  private ServerEvents events;
  private LongestTurn turn;

  private ReadersMain(int port) {
    this.port = port;
  }

  /** Takes Redis's URL and the port to listen on. */
  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    var options = new ServerEventsOptions().setConnectionString(args[0]);
    vertx.deployVerticle(new ServerEventsVerticle(options)).await();
    vertx.deployVerticle(new ReadersMain(Integer.parseInt(args[1]))).await();
    System.out.println("ready");
  }

  @Override
  public Future<?> start() {
    events = ServerEvents.create(vertx);
    var router = Router.router(vertx);
    router.get("/plain/stream/:id").handler(this::stream);
    router.get("/plain/poll/:id").handler(this::poll);
    router.get("/plain/socket/:id").handler(this::socket);
    router.get("/held/:id").handler(this::tellHeld);
    router.get("/fire/:side/:id").handler(this::fire);
    router.get("/gc").handler(ReadersMain::collect);
    router.get("/turn").handler(ctx -> ctx.end(String.valueOf(turn.stop())));
    router.get("/events/" + NAME + "/:id").handler(this::count);
    var routes = new RoutesOptions().setHeartbeat(600_000);
    for (var quotas : List.of(routes.getPerClient(), routes.getTotal())) {
      quotas.setWaits(MANY).setStreams(MANY);
    }
    ServerEventsRoutes.mount(router, events, routes);
    var server = new HttpServerOptions().setAcceptBacklog(ReadersClient.AT_ONCE);
    return vertx.createHttpServer(server).requestHandler(router).listen(port, "127.0.0.1");
  }

  private List<Runnable> held(RoutingContext ctx) {
    return held.computeIfAbsent(ctx.pathParam("id"), id -> new ArrayList<>());
  }

  private void stream(RoutingContext ctx) {
    var response = ctx.response().setChunked(true);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    response.write(":\n\n");
    var hash = "0".repeat(24);
    var event = Buffer.buffer("id: result-" + hash + "\nevent: result\ndata: " + ARGS + "\n\n");
    held(ctx).add(() -> response.write(event));
  }

  private void poll(RoutingContext ctx) {
    var body = Buffer.buffer(ARGS);
    held(ctx)
        .add(
            () ->
                ctx.response()
                    .putHeader(HttpHeaders.VARY, "Prefer")
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .end(body));
  }

  private void socket(RoutingContext ctx) {
    var id = ctx.pathParam("id");
    var text =
        "{\"type\":\"result\",\"args\":%s,\"name\":\"%s\",\"id\":\"%s\"}".formatted(ARGS, NAME, id);
    ctx.request()
        .toWebSocket()
        .onSuccess(
            socket -> {
              socket.textMessageHandler(subscribe -> socket.writeTextMessage("{}"));
              held(ctx).add(() -> socket.writeTextMessage(text));
            });
  }

  /** Counts a poll of this project. */
  private void count(RoutingContext ctx) {
    held(ctx).add(() -> {});
    ctx.next();
  }

  private void tellHeld(RoutingContext ctx) {
    ctx.end(String.valueOf(held(ctx).size()));
  }

  /** What comes next shall not pay for what the connections have left behind. */
  private static void collect(RoutingContext ctx) {
    System.gc();
    ctx.end();
  }

  private void fire(RoutingContext ctx) {
    var id = ctx.pathParam("id");
    turn = new LongestTurn(context);
    if (ctx.pathParam("side").equals("plain")) {
      held(ctx).forEach(Runnable::run);
    } else {
      events.emit(NAME, id, PAYLOAD);
    }
    if (ctx.queryParams().contains("once")) {
      held.remove(id);
    }
    ctx.end();
  }
}
