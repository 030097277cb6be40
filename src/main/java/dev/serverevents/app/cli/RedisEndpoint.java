package dev.serverevents.app.cli;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventResults;
import dev.serverevents.Explanation;
import dev.serverevents.IncompleteException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Redis, by the library in this process. */
final class RedisEndpoint implements Endpoint {

  private final ServerEvents events;
  private final ServerEventsOptions options;

  private RedisEndpoint(ServerEvents events, ServerEventsOptions options) {
    this.events = events;
    this.options = options;
  }

  /** Connects; throws {@link dev.serverevents.UnavailableException} where that fails. */
  static Endpoint connect(Vertx vertx, ServerEventsOptions options) {
    vertx.deployVerticle(new ServerEventsVerticle(options)).await();
    return new RedisEndpoint(ServerEvents.create(vertx), options);
  }

  @Override
  public Library library() {
    return new Library(events, options);
  }

  @Override
  public Future<EventArgs> on(EventId event, WaitOptions options) {
    return events.on(event.name(), event.id(), options);
  }

  @Override
  public Future<JsonObject> onAny(String name, List<String> ids, WaitOptions options) {
    return events
        .onAny(name, ids, options)
        .map(
            first ->
                new JsonObject().put("id", first.id()).put("args", first.args().toJsonArray()));
  }

  @Override
  public Future<Several> onAll(String name, List<String> ids, int min, WaitOptions options) {
    return events
        .onAll(name, ids, min, options)
        .map(results -> new Several(json(results), null))
        .recover(
            failure ->
                failure instanceof IncompleteException incomplete
                    ? Future.succeededFuture(new Several(json(incomplete.results()), incomplete))
                    : Future.failedFuture(failure));
  }

  private static JsonObject json(EventResults several) {
    var results = new JsonObject();
    several.results().forEach((id, args) -> results.put(id, args.toJsonArray()));
    var failures = new JsonObject();
    several.failures().forEach((id, failure) -> failures.put(id, json(failure)));
    return new JsonObject()
        .put("results", results)
        .put("failures", failures)
        .put("missing", new JsonArray(several.missing()));
  }

  private static JsonObject json(ServerEventsException failure) {
    var json =
        new JsonObject()
            .put("status", failure.status())
            .put("cause", failure.cause().word())
            .put("message", failure.getMessage());
    return failure instanceof EventFailureException job
        ? json.put("code", job.code()).put("detail", job.detail())
        : json;
  }

  @Override
  public Events stream(EventId event, StreamOptions options) {
    return new Pull<>(events.stream(event.name(), event.id(), options))::next;
  }

  @Override
  public Future<Integer> emit(EventId event, EmitOptions options, EventArgs args) {
    return events.emit(options, event.name(), event.id(), args);
  }

  @Override
  public Future<Integer> fail(EventId event, EmitOptions options, Failed failed) {
    return events.emitFailure(
        options, event.name(), event.id(), failed.code(), failed.message(), failed.detail());
  }

  @Override
  public Future<Integer> progress(EventId event, EventArgs args) {
    return events.emitProgress(event.name(), event.id(), args);
  }

  @Override
  public Future<JsonObject> overview() {
    return events
        .overview()
        .map(overview -> overview.toJson().put("servers", others(overview.toJson())));
  }

  /** Without this process, which is the first one, for it was asked. */
  private static JsonArray others(JsonObject overview) {
    var servers = overview.getJsonArray("servers");
    return new JsonArray(servers.stream().skip(1).toList());
  }

  @Override
  public Future<JsonObject> explain(EventId event) {
    return events.explain(event.name(), event.id()).map(Explanation::toJson);
  }
}
