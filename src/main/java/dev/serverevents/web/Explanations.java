package dev.serverevents.web;

import dev.serverevents.Cause;
import dev.serverevents.Explanation;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsException;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.What;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.web.Access.Action;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Explains over HTTP what happened to an event, and tells who has failed to get it where. */
final class Explanations {

  private static final String LINK = "server-events.explain";

  private final ServerEvents events;
  private final Access access;
  private final Quotas quotas;

  Explanations(ServerEvents events, Access access, Quotas quotas) {
    this.events = events;
    this.access = access;
    this.quotas = quotas;
  }

  /** From here on, a request that fails is told where its event is explained. */
  static void offer(RoutingContext ctx) {
    ctx.put(LINK, Requests.eventPath(ctx) + "/explain");
    ctx.next();
  }

  /** Adds where the event is explained, to a problem of a request that may ask. */
  static void putLink(RoutingContext ctx, JsonObject problem, ServerEventsException failure) {
    if (ctx.get(LINK) instanceof String link && failure.cause() != Cause.INVALID) {
      problem.put("explain", link);
      if (failure instanceof QuotaException) {
        note(ctx, failure);
      }
    }
  }

  /** No wait was begun, so that nobody else knows of it. */
  private static void note(RoutingContext ctx, ServerEventsException failure) {
    var vertx = ctx.vertx();
    var key = new EventKey(ctx.pathParam("name"), ctx.pathParam("id"));
    Journal.of(vertx)
        .notable(
            new Step(
                Clocks.of(vertx).nanoTime(),
                key,
                What.REFUSED,
                Course.detail(failure),
                failure.cause(),
                null));
  }

  /**
   * Answers who may wait for the event, who is told nothing of what is behind the servers unless it
   * has the right to see the console.
   */
  void answer(RoutingContext ctx) {
    answer(ctx, access != Access.ANYBODY && access.permits(ctx.user(), Action.CONSOLE, ""));
  }

  /** Answers who may see the console. */
  void answerInDetail(RoutingContext ctx) {
    answer(ctx, true);
  }

  private void answer(RoutingContext ctx, boolean inDetail) {
    var seesArgs = access.permits(ctx.user(), Action.PAYLOADS, "");
    quotas
        .client(ctx)
        .ask(() -> events.explain(ctx.pathParam("name"), ctx.pathParam("id")))
        .map(whole -> inDetail ? whole : whole.withoutDetails())
        .map(told -> seesArgs ? told : told.withoutArgs())
        .map(Explanation::toJson)
        .onSuccess(json -> Requests.answer(ctx, HttpResponseStatus.OK, json.toBuffer()))
        .onFailure(ctx::fail);
  }
}
