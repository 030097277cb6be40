package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.web.Problems;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/**
 * Refuses requests that a proxy before this server might read in another way than it does, and
 * closes their connections: RFC 9112 wants exactly one Host (3.2), and no line of a header to be
 * folded (5.2). Netty joins what is folded with a space, which stands in no coding that it knows.
 */
final class MessageFraming implements PlatformHandler {

  private static final String CHUNKED = "chunked";

  @Override
  public void handle(RoutingContext ctx) {
    if (Problems.isBehindTheLast(ctx)) {
      return; // it may be part of what is refused: nobody waits for an answer
    }
    try {
      check(ctx);
    } catch (InvalidInputException refused) {
      Problems.closeBehind(ctx);
      ctx.fail(refused);
      return;
    }
    ctx.next();
  }

  private static void check(RoutingContext ctx) {
    var request = ctx.request();
    var hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1)) {
      throw new InvalidInputException("Host", hosts, "must be there exactly once");
    }
    var codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    if (!codings.stream().allMatch(CHUNKED::equalsIgnoreCase) || codings.size() > 1) {
      throw new InvalidInputException(
          "Transfer-Encoding", codings, "must be \"chunked\", once and on the line of its name");
    }
  }
}
