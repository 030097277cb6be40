package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.regex.Pattern;

/**
 * Refuses what asks for a WebSocket and is no handshake of RFC 6455 (4.2.1): Vert.x would take any
 * key, and the drafts before.
 */
final class Handshakes {

  private static final String VERSION = WebSocketVersion.V13.toHttpHeaderValue();
  private static final Pattern UPGRADE =
      Pattern.compile("(^|,)\\s*upgrade\\s*(,|$)", Pattern.CASE_INSENSITIVE);
  private static final Pattern BASE64_OF_16_BYTES = Pattern.compile("[A-Za-z0-9+/]{22}==");

  private Handshakes() {}

  /** A handler of all that may ask for a WebSocket. */
  static void check(RoutingContext ctx) {
    var request = ctx.request();
    if (!SocketGuard.isUpgrade(ctx) || !request.method().equals(HttpMethod.GET)) {
      ctx.next();
    } else if (!request.canUpgradeToWebSocket() || !isToBeUpgraded(ctx)) {
      fail(
          ctx, HttpResponseStatus.BAD_REQUEST, "The request is no WebSocket handshake of RFC 6455");
    } else if (hasBody(ctx)) {
      Problems.closeBehind(ctx);
      fail(ctx, HttpResponseStatus.BAD_REQUEST, "A WebSocket handshake has no body");
    } else if (!VERSION.equals(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      ctx.response()
          .putHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION)
          .putHeader(HttpHeaders.UPGRADE, SocketGuard.WEB_SOCKET);
      fail(ctx, HttpResponseStatus.UPGRADE_REQUIRED, "Sec-WebSocket-Version must be " + VERSION);
    } else {
      checkKey(ctx);
      ctx.next();
    }
  }

  private static boolean isToBeUpgraded(RoutingContext ctx) {
    return ctx.request().headers().getAll(HttpHeaders.CONNECTION).stream()
        .anyMatch(options -> UPGRADE.matcher(options).find());
  }

  private static boolean hasBody(RoutingContext ctx) {
    var headers = ctx.request().headers();
    return headers.contains(HttpHeaders.TRANSFER_ENCODING)
        || !headers.getAll(HttpHeaders.CONTENT_LENGTH).stream().allMatch("0"::equals);
  }

  private static void checkKey(RoutingContext ctx) {
    var keys = ctx.request().headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !BASE64_OF_16_BYTES.matcher(keys.get(0)).matches()) {
      throw new InvalidInputException(
          "Sec-WebSocket-Key", keys, "must be there exactly once, with 16 bytes in Base64");
    }
  }

  private static void fail(RoutingContext ctx, HttpResponseStatus status, String detail) {
    Problems.explain(ctx, status, detail);
    ctx.fail(status.code());
  }
}
