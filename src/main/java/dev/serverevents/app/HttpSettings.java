package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.settings.QuotaSettings;
import dev.serverevents.internal.settings.RouteSettings;
import dev.serverevents.internal.settings.Values;
import dev.serverevents.web.RoutesOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;

/**
 * The settings of the runnable server's HTTP side: the section http.
 *
 * @param server Vert.x's own, with host and port, and TLS where it has {@code ssl}
 * @param console whether the console is served
 */
record HttpSettings(
    RoutesOptions routes, HttpServerOptions server, ConnectionLimits connections, boolean console) {

  /**
   * Reads it.
   *
   * @throws InvalidInputException for a wrong field, for one that is no setting, and for a host
   *     that others can reach while there is nothing that keeps them out
   */
  static HttpSettings of(JsonObject http) {
    ServerSettings.OF_HTTP.check("http", http);
    var values = Values.of(ServerSettings.HTTP, http);
    var routes = new RoutesOptions(ofRoutes(http));
    var host = withoutBrackets(values.get(ServerSettings.HOST));
    var insecure = values.get(ServerSettings.INSECURE);
    if (!insecure && routes.getAuthentication() == null && !LoopbackHost.is(host)) {
      throw new InvalidInputException(
          "http.host",
          host,
          "must be a loopback address while there are no http.keys, unless http.insecure is true");
    }
    var given = Objects.requireNonNullElse(values.find(ServerSettings.SERVER), new JsonObject());
    var server =
        VertxHttpOptions.of(given, routes)
            .setHost(host)
            .setPort(values.get(ServerSettings.PORT).intValue());
    return new HttpSettings(
        routes, server, ConnectionLimits.of(http), isConsoleServed(values, routes, host));
  }

  /** It shows the whole system, and acts on it, so that nobody may come to it without a key. */
  private static boolean isConsoleServed(Values values, RoutesOptions routes, String host) {
    var wanted = values.find(ServerSettings.CONSOLE);
    var guarded = routes.getAuthentication() != null || LoopbackHost.is(host);
    if (wanted != null && wanted && !guarded) {
      throw new InvalidInputException(
          "http.console",
          true,
          "must be false while there are no http.keys, unless http.host is a loopback address");
    }
    return wanted == null ? guarded : wanted;
  }

  private static JsonObject ofRoutes(JsonObject http) {
    var part = RouteSettings.SECTION.part(http);
    for (var quotas : List.of(QuotaSettings.PER_CLIENT, QuotaSettings.TOTAL)) {
      part.put(quotas.field(), quotas.part(http));
    }
    return part;
  }

  /** An IPv6 address may be written as in a URL. */
  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
