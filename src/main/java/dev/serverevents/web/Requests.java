package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Fields;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads requests. A wrong one throws {@link InvalidInputException}. */
public final class Requests {

  private static final int MAX_IDS = 100;

  private Requests() {}

  /**
   * The options of a wait: the query's {@code timeout}, at most {@code maxMs}, and {@code
   * retained}.
   */
  public static WaitOptions waitOptions(RoutingContext ctx, long maxMs) {
    var timeout = ctx.queryParams().get("timeout");
    var retained = Fields.flag("retained", ctx.queryParams().get("retained"));
    var options = WaitOptions.DEFAULT.retained(retained);
    return timeout == null
        ? options
        : options.timeout(Fields.integer("timeout", timeout, 1, maxMs));
  }

  /** The ids of the query's {@code any}, with commas between them. */
  static List<String> ids(RoutingContext ctx) {
    var any = ctx.queryParams().getAll("any");
    var ids = any.stream().flatMap(list -> Stream.of(list.split(",", -1))).distinct().toList();
    if (ids.isEmpty() || ids.size() > MAX_IDS) {
      throw new InvalidInputException(
          "any",
          String.join(",", any),
          "must be 1 to %d ids with commas between them".formatted(MAX_IDS));
    }
    return ids;
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

  /** The body's JSON value, or null where there is no body. */
  public static @Nullable Object json(RoutingContext ctx) {
    if (!hasBody(ctx)) {
      return null;
    }
    try {
      return ExactJson.read(ctx.body().buffer());
    } catch (DecodeException malformed) {
      throw new InvalidInputException("body", ctx.body().asString(), "must be JSON");
    }
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

  /** Counts a client that has closed its connection before its answer was complete. */
  public static void tellIfLeft(RoutingContext ctx) {
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
