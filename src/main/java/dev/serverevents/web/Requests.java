package dev.serverevents.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Fields;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads requests. A wrong one throws {@link InvalidInputException}. */
public final class Requests {

  private Requests() {}

  /**
   * The options of a wait: the query's {@code timeout}, at most {@code maxMs}, {@code retained} and
   * {@code requireWorker}.
   */
  public static WaitOptions waitOptions(RoutingContext ctx, long maxMs) {
    var timeout = parameter(ctx, "timeout");
    var retained = Fields.flag("retained", parameter(ctx, "retained"));
    var needsWorker = Fields.flag("requireWorker", parameter(ctx, "requireWorker"));
    var options = WaitOptions.DEFAULT.retained(retained).requireWorker(needsWorker);
    return timeout == null
        ? options
        : options.timeout(Fields.integer("timeout", timeout, 1, maxMs));
  }

  /** A parameter of the query, or null; of several, all but one would be passed over in silence. */
  static @Nullable String parameter(RoutingContext ctx, String name) {
    var given = ctx.queryParams().getAll(name);
    if (given.size() > 1) {
      throw new InvalidInputException(name, String.join(", ", given), "must be there once");
    }
    return given.isEmpty() ? null : given.get(0);
  }

  /**
   * What is waited for: the {@code id} of the path, or {@code any} or {@code all} of the query, ids
   * with commas between them, and {@code min}, as the fields of a message.
   */
  static JsonObject waitedFor(RoutingContext ctx) {
    var query = ctx.queryParams();
    var asked = new JsonObject().put("name", ctx.pathParam("name"));
    var id = ctx.pathParam("id");
    var min = parameter(ctx, "min");
    if (id != null) {
      asked.put("id", id);
    }
    if (query.contains("all")) {
      asked.put("all", ids(query, "all"));
    }
    if (min != null) {
      asked.put("min", min);
    }
    if (query.contains("any") || asked.size() == 1) {
      asked.put("any", ids(query, "any"));
    }
    return asked;
  }

  private static JsonArray ids(MultiMap query, String field) {
    var given = query.getAll(field);
    var ids = given.stream().flatMap(list -> Stream.of(list.split(",", -1))).distinct().toList();
    if (ids.isEmpty() || ids.size() > LimitsOptions.MAX_IDS) {
      throw new InvalidInputException(
          field,
          String.join(",", given),
          "must be 1 to %d ids with commas between them".formatted(LimitsOptions.MAX_IDS));
    }
    return new JsonArray(ids);
  }

  /**
   * The {@code Idempotency-Key} of an emit, or null: a string as RFC 9651 has it, in quotes, or as
   * most clients send it, without.
   */
  static @Nullable String idempotencyKey(RoutingContext ctx) {
    var key = ctx.request().getHeader("Idempotency-Key");
    return key != null && key.length() > 1 && key.startsWith("\"") && key.endsWith("\"")
        ? key.substring(1, key.length() - 1)
        : key;
  }

  /** What is wrong with a URL of which the path or the query is not percent-encoded UTF-8. */
  static @Nullable String wrongUrl(RoutingContext ctx) {
    var url = ctx.request().uri();
    return Utf8.isPercentEncoded(url)
        ? null
        : new InvalidInputException("the URL", url, "must be percent-encoded UTF-8").getMessage();
  }

  /**
   * The path of the event, or of the events, that a request is about. It is made anew, since the
   * path as it was sent may read as another host.
   */
  static String eventPath(RoutingContext ctx) {
    var mounted = Objects.requireNonNullElse(ctx.mountPoint(), "");
    var path = new StringBuilder(mounted.replaceFirst("/$", "")).append("/events");
    for (var parameter : new String[] {"name", "id"}) {
      var value = ctx.pathParam(parameter);
      if (value != null) {
        path.append('/').append(URLEncoder.encode(value, UTF_8).replace("+", "%20"));
      }
    }
    return path.toString();
  }

  /** The body's JSON value, or null where there is no body. */
  public static @Nullable Object json(RoutingContext ctx) {
    return hasBody(ctx) ? ExactJson.read("body", ctx.body().buffer()) : null;
  }

  /** Answers with JSON, which no cache may keep. */
  static void answer(RoutingContext ctx, HttpResponseStatus status, Buffer json) {
    ctx.response()
        .setStatusCode(status.code())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(json)
        .onFailure(gone -> {});
  }

  /** Has something done when the client goes before it is answered, or now if it has gone. */
  public static void whenGone(RoutingContext ctx, Runnable action) {
    Runnable gone =
        () -> {
          tellIfLeft(ctx);
          action.run();
        };
    if (ctx.response().closed()) { // and nobody would tell
      gone.run();
    } else if (!ctx.response().ended()) {
      ctx.response().closeHandler(closed -> gone.run());
    }
  }

  /** Counts a client that has closed its connection before its answer was complete. */
  private static void tellIfLeft(RoutingContext ctx) {
    if (!ctx.response().ended()) {
      ServerEventsMetrics.of(ctx.vertx()).clientLeft();
    }
  }

  /** Whether there is a body. */
  static boolean hasBody(RoutingContext ctx) {
    var body = ctx.body().buffer();
    return body != null && body.length() > 0;
  }
}
