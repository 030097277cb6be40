package dev.serverevents.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.serverevents.EventArgs;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.loop.Chores;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** One request that waits for an event, or for the first of several. */
final class LongPoll {

  /** The event that came first, with its id. */
  record Arrived(String id, EventArgs args) {}

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

  /** Waits, and answers with the body that {@code body} makes of the event. */
  void answer(
      ServerEvents events,
      Quotas quotas,
      String name,
      List<String> ids,
      Function<Arrived, Buffer> body) {
    var permit = quotas.client(ctx).enter(Kind.WAITS, ids.size());
    var waits = ids.stream().map(id -> events.listen(name, id, options)).toList();
    ctx.response()
        .closeHandler(
            gone -> {
              Requests.tellIfLeft(ctx);
              Chores.add(ctx.vertx(), () -> waits.forEach(EventWait::cancel));
            });
    first(ids, waits)
        .map(body)
        .onComplete(
            ended -> {
              waits.forEach(EventWait::cancel);
              permit.close();
            })
        .onSuccess(json -> Requests.answer(ctx, HttpResponseStatus.OK, json))
        .onFailure(this::fail);
  }

  private static Future<Arrived> first(List<String> ids, List<EventWait> waits) {
    var first = Promise.<Arrived>promise();
    for (var i = 0; i < waits.size(); i++) {
      var id = ids.get(i);
      waits
          .get(i)
          .future()
          .onSuccess(args -> first.tryComplete(new Arrived(id, args)))
          .onFailure(first::tryFail);
    }
    return first.future();
  }

  /** A client that prefers it gets, in the place of a timeout, where the event will be found. */
  private void fail(Throwable cause) {
    if (preferences.respondAsync() && cause instanceof EventTimeoutException) {
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

  /**
   * The path of the same resource, where any server finds a retained event. It is made anew, since
   * the path as it was sent may read as another host.
   */
  private String retained() {
    var mounted = Objects.requireNonNullElse(ctx.mountPoint(), "");
    var path = new StringBuilder(mounted.replaceFirst("/$", "")).append("/events");
    for (var parameter : new String[] {"name", "id"}) {
      var value = ctx.pathParam(parameter);
      if (value != null) {
        path.append('/').append(URLEncoder.encode(value, UTF_8).replace("+", "%20"));
      }
    }
    var location = new QueryStringEncoder(path.toString());
    ctx.queryParams().getAll("any").forEach(ids -> location.addParam("any", ids));
    location.addParam("retained", "true");
    return location.toString();
  }
}
