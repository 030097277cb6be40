package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.web.RoutesOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The setting http.server: what Vert.x's own HttpServerOptions take as JSON, over our defaults. */
final class VertxHttpOptions {

  private static final String FIELD = "http.server";
  private static final String NOT_SHOWN = "(not shown)";
  private static final String NOT_OPTIONS = "must be as in Vert.x's HttpServerOptions";

  /** How much longer than a wait, or a stream's heartbeat, a connection may be silent. */
  private static final long IDLE_MARGIN_MS = 30_000;

  /**
   * How many bytes the system may keep for a client that does not read; by default it takes some
   * MB, which no limit of ours counts.
   */
  private static final int SEND_BUFFER = 1 << 17;

  /** Those of TLS 1.3, and those of TLS 1.2 with forward secrecy and authenticated encryption. */
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private VertxHttpOptions() {}

  /**
   * Reads it.
   *
   * @throws InvalidInputException for what Vert.x would pass over in silence: a field that it does
   *     not know, or a value that is not of its type
   */
  static HttpServerOptions of(JsonObject json, RoutesOptions routes) {
    for (var ours : List.of(ServerSettings.HOST, ServerSettings.PORT)) {
      if (json.containsKey(ours.field())) {
        throw new InvalidInputException(
            FIELD + "." + ours.field(),
            json.getValue(ours.field()),
            "must not be there: it is " + ours.path());
      }
    }
    HttpServerOptions server;
    try {
      server = new HttpServerOptions(defaults(routes).mergeIn(json, true));
    } catch (RuntimeException wrong) { // whatever the setter of a wrong field throws
      throw new InvalidInputException(FIELD, NOT_SHOWN, NOT_OPTIONS + ": " + wrong.getMessage());
    }
    checkTaken(FIELD, json, server.toJson());
    if (server.isDecompressionSupported()) {
      throw new InvalidInputException(
          FIELD + ".decompressionSupported",
          true,
          "must be false: a body that is cut, or is not compressed, would be taken for an empty one");
    }
    checkSize("maxInitialLineLength", server.getMaxInitialLineLength());
    checkSize("maxHeaderSize", server.getMaxHeaderSize());
    checkSize("maxChunkSize", server.getMaxChunkSize());
    if (server.getAcceptBacklog() != HttpServerOptions.DEFAULT_ACCEPT_BACKLOG) {
      checkSize("acceptBacklog", server.getAcceptBacklog());
    }
    return server;
  }

  /** Vert.x takes others, and then fails with each connection. */
  private static void checkSize(String field, int size) {
    if (size < 1) {
      throw new InvalidInputException(FIELD + "." + field, size, "must be at least 1");
    }
  }

  private static JsonObject defaults(RoutesOptions routes) {
    var silence = Math.max(Connections.KEEP_ALIVE_MS, routes.getMaxWait());
    silence = Math.max(silence, routes.getHeartbeat());
    var defaults =
        new HttpServerOptions()
            // Vert.x does not tell of a connection that may become either before it sends anything
            .setHttp2ClearTextEnabled(false)
            .setSendBufferSize(SEND_BUFFER)
            .setIdleTimeout((int) ((silence + IDLE_MARGIN_MS) / 1_000))
            .setMaxWebSocketFrameSize((int) routes.getMaxBody())
            .setMaxWebSocketMessageSize((int) routes.getMaxBody());
    return defaults
        .toJson()
        .put("enabledCipherSuites", new JsonArray(CIPHER_SUITES))
        .put("enabledSecureTransportProtocols", new JsonArray(PROTOCOLS));
  }

  private static void checkTaken(String at, JsonObject json, JsonObject taken) {
    for (var entry : json) {
      var field = entry.getKey();
      var path = at + "." + field;
      var plural = field + "s"; // for example keyPath, which is one of the keyPaths
      if (taken.containsKey(field)) {
        checkTaken(path, entry.getValue(), taken.getValue(field));
      } else if (taken.getValue(plural) instanceof JsonArray list && !list.isEmpty()) {
        checkTaken(path, new JsonArray().add(entry.getValue()), list);
      } else {
        throw Settings.unknown(at, field, taken.fieldNames());
      }
    }
  }

  private static void checkTaken(String path, @Nullable Object given, @Nullable Object taken) {
    if (given instanceof JsonObject object && taken instanceof JsonObject whole) {
      checkTaken(path, object, whole);
      return;
    }
    var isTaken =
        (given instanceof JsonArray array && taken instanceof JsonArray list)
            ? array.stream().allMatch(list::contains)
            : Objects.equals(given, taken);
    if (!isTaken && !isBase64(path)) {
      throw new InvalidInputException(path, isSecret(path) ? NOT_SHOWN : given, NOT_OPTIONS);
    }
  }

  /** Bytes need not be written as they were read. */
  private static boolean isBase64(String path) {
    return path.matches(".*[vV]alues?");
  }

  private static boolean isSecret(String path) {
    return path.toLowerCase(Locale.ROOT).contains("password");
  }
}
