package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.web.Problems;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.regex.Pattern;

/**
 * Refuses requests that a proxy before this server might read in another way than it does, and
 * closes their connections: RFC 9112 wants exactly one Host, which is that of the URL if that has
 * one (3.2), and no line of a header to be folded (5.2). Netty joins what is folded with a space,
 * which stands in no coding that it knows, and takes a header without a name.
 */
final class MessageFraming implements PlatformHandler {

  private static final String CHUNKED = "chunked";
  private static final Pattern ABSOLUTE_URL = Pattern.compile("[^/?#]*://([^/?#]*).*");

  @Override
  public void handle(RoutingContext ctx) {
    try {
      check(ctx.request());
    } catch (InvalidInputException refused) {
      Problems.closeBehind(ctx);
      ctx.fail(refused);
      return;
    }
    ctx.next();
  }

  private static void check(HttpServerRequest request) {
    checkHost(request);
    var codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    if (!codings.stream().allMatch(CHUNKED::equalsIgnoreCase) || codings.size() > 1) {
      throw new InvalidInputException(
          "Transfer-Encoding", codings, "must be \"chunked\", once and on the line of its name");
    }
    if (request.headers().contains("")) {
      throw new InvalidInputException("a header", "", "must have a name");
    }
  }

  private static void checkHost(HttpServerRequest request) {
    var hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.isEmpty() && request.version() != HttpVersion.HTTP_1_1) {
      return;
    }
    if (hosts.size() != 1 || request.authority() == null) {
      throw new InvalidInputException("Host", hosts, "must be there exactly once, and be a host");
    }
    var url = ABSOLUTE_URL.matcher(request.uri());
    if (url.matches() && !url.group(1).equalsIgnoreCase(hosts.get(0))) {
      throw new InvalidInputException("Host", hosts, "must be that of the URL");
    }
  }
}
