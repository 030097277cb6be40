package dev.serverevents.web;

import dev.serverevents.ServerEvents;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.healthchecks.HealthCheckHandler;

/**
 * Tells a load balancer and an orchestrator how this server is: {@code /health/live} while its
 * event loop answers, {@code /health/ready} while it can wait and emit, {@code /health} the same in
 * short.
 */
final class HealthRoutes {

  private final ServerEvents events;

  private HealthRoutes(ServerEvents events) {
    this.events = events;
  }

  static void mount(Router router, ServerEvents events) {
    var routes = new HealthRoutes(events);
    var live = HealthChecks.create(events.vertx());
    live.register("event-loop", status -> status.complete(Status.OK()));
    var ready = routes.readiness();
    AllowedMethods.read(router, "/health/live", HealthCheckHandler.createWithHealthChecks(live));
    AllowedMethods.read(router, "/health/ready", HealthCheckHandler.createWithHealthChecks(ready));
    AllowedMethods.read(router, "/health", routes::brief);
  }

  private HealthChecks readiness() {
    return HealthChecks.create(events.vertx())
        .register("input-store", status -> status.complete(status(events.health().inputStore())))
        .register("output-store", status -> status.complete(status(events.health().outputStore())))
        .register("heartbeat", status -> status.complete(heartbeat()))
        .register("not-draining", status -> status.complete(status(!events.health().draining())));
  }

  private Status heartbeat() {
    var health = events.health();
    return status(health.heartbeat()).setData(new JsonObject().put("age", health.heartbeatAge()));
  }

  private static Status status(boolean ok) {
    return ok ? Status.OK() : Status.KO();
  }

  private void brief(RoutingContext ctx) {
    var ready = events.isReady();
    Requests.answer(
        ctx,
        ready ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
        new JsonObject().put("status", ready ? "UP" : "DOWN").toBuffer());
  }
}
