package dev.serverevents.web;

import dev.serverevents.Cause;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.IncompleteException;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.json.JsonWait;
import dev.serverevents.internal.loop.Chores;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** One request that waits for an event, or for several. */
final class LongPoll {

  private final RoutingContext ctx;
  private final Preferences preferences;
  private final WaitOptions options;

  /**
   * Reads how long to wait: the query's {@code timeout} in ms, or {@code Prefer: wait}, or the
   * default; never longer than {@code maxWait} ms.
   */
  LongPoll(RoutingContext ctx, long defaultTimeout, long maxWait) {
    this.ctx = ctx;
    preferences = Preferences.of(ctx.request().headers().getAll("Prefer"));
    ctx.response().headers().add(HttpHeaders.VARY, "Prefer");
    var asked = Requests.waitOptions(ctx, maxWait);
    var preferred = preferences.waitMs(maxWait);
    if (asked.timeout() != null) {
      options = asked;
    } else if (preferred != null) {
      options = asked.timeout(preferred);
      ctx.response().putHeader("Preference-Applied", "wait=" + preferred / 1_000);
    } else {
      options = asked.timeout(Math.min(defaultTimeout, maxWait));
    }
  }

  /** Waits for what a message asks for, and answers with what came. */
  void answer(ServerEvents events, ExactReplies replies, Client client, JsonObject message) {
    var asked = JsonWait.of(message);
    client.begin(
        Kind.WAITS, asked.count(), permit -> answer(asked.begin(events, options, replies), permit));
  }

  private Future<Buffer> answer(JsonWait.Begun<Buffer> wait, Permit permit) {
    Requests.whenGone(
        ctx, () -> Chores.add(ctx.vertx(), () -> wait.cancel().accept(Cause.CLIENT_GONE)));
    return wait.reply()
        .onComplete(ended -> permit.close())
        .onSuccess(json -> Requests.answer(ctx, HttpResponseStatus.OK, json))
        .onFailure(this::fail);
  }

  /** A client that prefers it gets, in the place of a timeout, where the event will be found. */
  private void fail(Throwable cause) {
    if (preferences.respondAsync() && isTimeout(cause)) {
      ctx.response()
          .setStatusCode(HttpResponseStatus.ACCEPTED.code())
          .putHeader("Preference-Applied", "respond-async")
          .putHeader(HttpHeaders.LOCATION, retained())
          .putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(Ending.of(cause).retryAfter()))
          .end();
    } else {
      ctx.fail(cause);
    }
  }

  private static boolean isTimeout(@Nullable Throwable cause) {
    return cause instanceof EventTimeoutException
        || (cause instanceof IncompleteException incomplete && isTimeout(incomplete.getCause()));
  }

  /** The path of the same resource, where any server finds a retained event. */
  private String retained() {
    var location = new QueryStringEncoder(Requests.eventPath(ctx));
    for (var parameter : new String[] {"any", "all", "min"}) {
      ctx.queryParams().getAll(parameter).forEach(value -> location.addParam(parameter, value));
    }
    location.addParam("retained", "true");
    return location.toString();
  }
}
