package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Reads requests; what is wrong throws {@link InvalidInputException}. */
public final class Requests {

  private Requests() {}

  /** The {@code timeout} of the query in ms, or {@code otherwise} where it has none. */
  public static long timeout(RoutingContext ctx, long otherwise) {
    var text = ctx.queryParams().get("timeout");
    return text == null ? otherwise : ServerEventsOptions.timeout("timeout", text);
  }

  /** The body's JSON value, or null where there is no body. */
  public static @Nullable Object json(RoutingContext ctx) {
    var body = ctx.body().buffer();
    if (body == null || body.length() == 0) {
      return null;
    }
    try {
      return Json.decodeValue(body);
    } catch (DecodeException malformed) {
      throw new InvalidInputException("body", body.toString(), "must be JSON");
    }
  }
}
