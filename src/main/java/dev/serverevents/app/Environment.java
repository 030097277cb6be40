package dev.serverevents.app;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The variables of the environment that begin with {@code SERVER_EVENTS_}.
 *
 * @param settings those that are meant to be settings
 * @param ofServices the names of those that Kubernetes sets for the Services of a namespace, here
 *     for Services whose names begin with {@code server-events}
 */
record Environment(Map<String, String> settings, List<String> ofServices) {

  private static final String PREFIX = "SERVER_EVENTS_";

  /** As the kubelet makes them, after links of Docker. */
  private static final Pattern OF_SERVICE =
      Pattern.compile(
          "SERVER_EVENTS_(?:.+_)?"
              + "(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?"
              + "|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_PROTO|_PORT|_ADDR)?)");

  private static final Pattern PORT_OF_SERVICE = Pattern.compile("SERVER_EVENTS_(?:.+_)?PORT");
  private static final Pattern ADDRESS = Pattern.compile("(?:tcp|udp|sctp)://.*");

  /** Sorts variables. */
  static Environment of(Map<String, String> variables) {
    var settings = new TreeMap<String, String>();
    var ofServices = new TreeMap<String, String>();
    variables.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            (isOfService(name, value) ? ofServices : settings).put(name, value);
          }
        });
    return new Environment(settings, List.copyOf(ofServices.keySet()));
  }

  private static boolean isOfService(String name, String value) {
    return OF_SERVICE.matcher(name).matches()
        || (PORT_OF_SERVICE.matcher(name).matches() && ADDRESS.matcher(value).matches());
  }
}
