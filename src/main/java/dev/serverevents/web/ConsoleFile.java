package dev.serverevents.web;

import dev.serverevents.internal.Sha256;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/**
 * One file of the console, as it is in the jar. A browser keeps it and asks each time whether it is
 * still the same, so that no page runs on the files of two versions.
 */
final class ConsoleFile implements Handler<RoutingContext> {

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  /**
   * Nothing but what comes from here is loaded, run or asked, no text becomes code, and the page is
   * in no frame and sends no form.
   */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
          + "require-trusted-types-for 'script'; trusted-types 'none'";

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy", CONTENT_SECURITY_POLICY,
          "Cache-Control", "no-cache",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY");

  private final String type;
  private final Buffer bytes;
  private final String etag;

  /**
   * Reads it.
   *
   * @param name in the folder console beside this class
   */
  ConsoleFile(String name) {
    type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
    try (InputStream resource = ConsoleFile.class.getResourceAsStream("console/" + name)) {
      var read = Objects.requireNonNull(resource, name).readAllBytes();
      bytes = Buffer.buffer(read);
      etag = Sha256.hex(read);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void handle(RoutingContext ctx) {
    HEADERS.forEach(ctx.response()::putHeader);
    ctx.etag(etag);
    if (ctx.isFresh()) {
      ctx.response().setStatusCode(304).end();
    } else {
      ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(bytes);
    }
  }
}
