package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages use the routes in browsers that are of their own origin, or of one in {@link
 * RoutesOptions#getCors()}; others get 403, whatever they ask for: a browser asks nobody before it
 * opens a WebSocket, sends a form or loads a script. A request without {@code Origin} is no page's,
 * unless {@code Sec-Fetch-Site} says that it comes from elsewhere and it follows no link.
 *
 * <p>The own origin is what the request was sent to: scheme, host and port. Over a connection
 * without TLS the scheme cannot be known, for a proxy may have ended the TLS: then host and port
 * count alone. A proxy that changes {@code Host} needs its origin in the list.
 */
public final class Origins implements SecurityPolicyHandler {

  private static final String ANY = "*";
  private static final String SITE = "Sec-Fetch-Site";
  private static final String HTTP = "http";
  private static final String HTTPS = "https";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final Set<String> ELSEWHERE = Set.of("cross-site", "same-site");

  /** The headers that pages may send besides those that they always may. */
  private static final Set<String> ALLOWED_HEADERS =
      Set.of(
          "Authorization",
          "Content-Type",
          "Idempotency-Key",
          "Last-Event-ID",
          "Prefer",
          "X-API-Key");

  /** The headers that pages may see besides those that they always may. */
  private static final Set<String> EXPOSED_HEADERS =
      Set.of("Location", "Preference-Applied", "Retry-After", "WWW-Authenticate");

  private final Set<String> allowed;
  private final CorsHandler cors;

  /** Creates a handler, to be mounted before those that authenticate and read bodies. */
  public Origins(RoutesOptions options) {
    allowed = Set.copyOf(options.getCors());
    cors =
        CorsHandler.create()
            .addOrigins(isAnyAllowed() ? options.getCors().subList(0, 0) : options.getCors())
            .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT))
            .allowedHeaders(ALLOWED_HEADERS)
            .exposedHeaders(EXPOSED_HEADERS);
  }

  private boolean isAnyAllowed() {
    return allowed.contains(ANY);
  }

  @Override
  public void handle(RoutingContext ctx) {
    var request = ctx.request();
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (isAnyAllowed() || (origin != null && allowed.contains(origin))) {
      cors.handle(ctx);
    } else if (origin == null ? !isSentFromElsewhere(request) : isOwn(origin, request)) {
      ctx.next();
    } else {
      var why = refusal(origin, request).getMessage();
      ctx.fail(new HttpException(HttpResponseStatus.FORBIDDEN.code(), why));
    }
  }

  private static boolean isSentFromElsewhere(HttpServerRequest request) {
    var site = request.getHeader(SITE);
    return site != null
        && ELSEWHERE.contains(site)
        && !"navigate".equals(request.getHeader("Sec-Fetch-Mode"));
  }

  private static boolean isOwn(String origin, HttpServerRequest request) {
    var sentTo = request.authority();
    return sentTo != null
        && (origin.equalsIgnoreCase(origin(HTTPS, HTTPS_PORT, sentTo))
            || (!HTTPS.equals(request.scheme())
                && origin.equalsIgnoreCase(origin(HTTP, HTTP_PORT, sentTo))));
  }

  /** As a browser writes it, without the port that its scheme has by default. */
  private static String origin(String scheme, int defaultPort, HostAndPort authority) {
    var port = authority.port();
    return scheme + "://" + authority.host() + (port <= 0 || port == defaultPort ? "" : ":" + port);
  }

  private static InvalidInputException refusal(@Nullable String origin, HttpServerRequest request) {
    return origin == null
        ? new InvalidInputException(
            SITE, request.getHeader(SITE), "must be \"same-origin\" where there is no Origin")
        : new InvalidInputException(
            "Origin", origin, "must be the server's own, or one that it allows (http.cors)");
  }
}
