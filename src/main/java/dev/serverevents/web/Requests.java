package dev.serverevents.web;

import dev.serverevents.EmitOptions;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.bus.Fields;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Reads requests; what is wrong throws {@link InvalidInputException}. */
public final class Requests {

  private Requests() {}

  /** How to wait: the query's {@code timeout} in ms, and {@code retained=true}. */
  public static WaitOptions waitOptions(RoutingContext ctx) {
    var timeout = ctx.queryParams().get("timeout");
    var retained = Fields.flag("retained", ctx.queryParams().get("retained"));
    var options = WaitOptions.DEFAULT.retained(retained);
    return timeout == null
        ? options
        : options.timeout(ServerEventsOptions.timeout("timeout", timeout));
  }

  /** How to emit: the query's {@code retain} in ms. */
  public static EmitOptions emitOptions(RoutingContext ctx) {
    return Fields.emitOptions(ctx.queryParams().get("retain"));
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
