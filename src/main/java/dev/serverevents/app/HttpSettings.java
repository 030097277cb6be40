package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.bus.Fields;
import dev.serverevents.web.RoutesOptions;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;

/**
 * The settings of the runnable server's HTTP side: the section http.
 *
 * @param server Vert.x's own, with host and port, and TLS where it has {@code ssl}
 * @param cors the origins that may use it from browsers
 */
record HttpSettings(RoutesOptions routes, HttpServerOptions server, List<String> cors) {

  private static final String DEFAULT_HOST = "127.0.0.1";
  private static final int DEFAULT_PORT = 8080;

  private static final String NOT_OPTIONS = "must be as in Vert.x's HttpServerOptions";

  /** How much longer than a wait, or a stream's heartbeat, a connection may be silent. */
  private static final long IDLE_MARGIN_MS = 30_000;

  /**
   * Reads it.
   *
   * @throws InvalidInputException for a wrong field, and for a host that others can reach while
   *     there is nothing that keeps them out
   */
  static HttpSettings of(JsonObject http) {
    var routes = new RoutesOptions(http);
    var host = Fields.string("http.host", http.getValue("host", DEFAULT_HOST));
    var port = (int) Fields.integer("http.port", http.getValue("port", DEFAULT_PORT), 0, 65535);
    var insecure = Fields.flag("http.insecure", http.getValue("insecure"));
    if (!insecure && routes.getAuthentication() == null && !isLoopback(host)) {
      throw new InvalidInputException(
          "http.host",
          host,
          "must be a loopback address while there are no http.keys, unless http.insecure is true");
    }
    var server = server(Fields.object("http.server", http.getValue("server")), routes);
    var cors =
        Fields.array("http.cors", http.getValue("cors")).stream()
            .map(origin -> Fields.string("http.cors", origin))
            .toList();
    return new HttpSettings(routes, server.setHost(host).setPort(port), cors);
  }

  private static HttpServerOptions server(JsonObject json, RoutesOptions routes) {
    var silence = Math.max(routes.getMaxWait(), routes.getHeartbeat());
    var defaults =
        new HttpServerOptions()
            .setIdleTimeout((int) ((silence + IDLE_MARGIN_MS) / 1_000))
            .setMaxWebSocketFrameSize((int) routes.getMaxBody())
            .setMaxWebSocketMessageSize((int) routes.getMaxBody());
    HttpServerOptions server;
    try {
      server = new HttpServerOptions(defaults.toJson().mergeIn(json, true));
    } catch (RuntimeException wrong) { // whatever the setter of a wrong field throws
      throw new InvalidInputException("http.server", "(not shown)", NOT_OPTIONS + ": " + wrong);
    }
    checkTaken(json, server.toJson());
    return server;
  }

  /** Vert.x ignores a field that it does not know, or that is not of its type. */
  private static void checkTaken(JsonObject json, JsonObject taken) {
    for (var field : json) {
      var value = field.getValue();
      var isTaken =
          (value instanceof JsonObject || value instanceof JsonArray)
              ? taken.containsKey(field.getKey())
              : Objects.equals(value, taken.getValue(field.getKey()));
      if (!isTaken) {
        throw new InvalidInputException("http.server." + field.getKey(), value, NOT_OPTIONS);
      }
    }
  }

  /** Only of an address or localhost: any other name may lead anywhere. */
  private static boolean isLoopback(String host) {
    var bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null
          ? host.equals("localhost")
          : InetAddress.getByAddress(bytes).isLoopbackAddress();
    } catch (UnknownHostException impossible) { // the bytes are those of an address
      throw new IllegalStateException(impossible);
    }
  }
}
