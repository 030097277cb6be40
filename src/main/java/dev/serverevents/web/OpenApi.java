package dev.serverevents.web;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The OpenAPI 3.1 document of the routes. */
final class OpenApi {

  private static final Buffer DOCUMENT = read();

  private OpenApi() {}

  static void answer(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(DOCUMENT);
  }

  private static Buffer read() {
    try (InputStream resource = OpenApi.class.getResourceAsStream("openapi.json")) {
      return Buffer.buffer(Objects.requireNonNull(resource).readAllBytes());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
