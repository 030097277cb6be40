package dev.serverevents.web;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * A document for machines: OpenAPI 3.1, which describes the routes, or AsyncAPI 3.0, which
 * describes what goes over Redis.
 */
final class ApiDocument implements Handler<RoutingContext> {

  private final Buffer document;

  /**
   * Reads it.
   *
   * @param file beside this class
   */
  ApiDocument(String file) {
    try (InputStream resource = ApiDocument.class.getResourceAsStream(file)) {
      document = Buffer.buffer(Objects.requireNonNull(resource).readAllBytes());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void handle(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(document);
  }
}
