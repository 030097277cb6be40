package dev.serverevents.internal.settings;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.Fields;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of Redis: {@code redis://[user:password@]host[:port][/db]}, or {@code rediss://} for TLS.
 * Unlike a {@link java.net.URI} it may name a host with an underscore, as Docker Compose does, and
 * nothing of it that may be a password gets into a message.
 *
 * @param userInfo user and password as they are written, percent-encoded, or null
 * @param host a name, or an address without brackets
 * @param port the port, or -1 where none is written
 * @param path what follows the authority: the database, and maybe a query
 */
public record RedisUrl(
    String scheme, @Nullable String userInfo, String host, int port, String path) {

  private static final String NOT_SHOWN = Undisclosed.NOT_SHOWN;
  private static final String FORM =
      "must be redis://[user:password@]host[:port][/db] or rediss://";
  private static final String ENCODED =
      "must have user and password percent-encoded, for example \"/\" as \"%2F\" and \"@\" as \"%40\"";
  private static final String NAME = "must have only letters, digits, \".\", \"-\" and \"_\"";

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*");
  private static final Pattern USER_INFO = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:%-]*");
  private static final Pattern SERVER =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/?#]+)(?::([^:/?#]*))?([/?].*)?");
  private static final Pattern HOST = Pattern.compile("[0-9A-Fa-f:.]+|[A-Za-z0-9._-]+");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,10}");

  /**
   * Takes a URL apart.
   *
   * @param field the setting in which it stands
   * @throws InvalidInputException if it is none; the message shows the scheme and a host at most
   */
  public static RedisUrl of(String field, @Nullable String url) {
    if (url == null) {
      throw new InvalidInputException(field, null, FORM);
    }
    var scheme = SCHEME.matcher(url);
    if (!scheme.matches()) {
      throw new InvalidInputException(field, NOT_SHOWN, FORM);
    }
    var shown = scheme.group(1) + "://...";
    if (!scheme.group(1).matches("rediss?")) {
      throw new InvalidInputException(field, shown, FORM);
    }
    var rest = url.substring(scheme.end(1) + "://".length());
    var at = rest.lastIndexOf('@');
    var userInfo = at < 0 ? null : rest.substring(0, at);
    if (userInfo != null && !isEncoded(userInfo)) {
      throw new InvalidInputException(field, shown, ENCODED);
    }
    var server = SERVER.matcher(rest.substring(at + 1));
    if (!server.matches()) {
      throw new InvalidInputException(field, shown, FORM);
    }
    var host = checkHost(field + "'s host", server.group(1).replaceAll("[\\[\\]]", ""));
    var digits = server.group(2);
    var port = digits == null ? -1 : number(field + "'s port", digits, 1, SettingType.MAX_PORT);
    var path = server.group(3) == null ? "" : server.group(3);
    var database = path.replaceFirst("\\?.*", "").replaceFirst("^/", "");
    if (!database.isEmpty()) {
      number(field + "'s database", database, 0, RedisSettings.MAX_DATABASE);
    }
    return new RedisUrl(scheme.group(1), userInfo, host, port, path);
  }

  /** Reads a number; what stands in its place may be a password. */
  private static int number(String field, String digits, long min, long max) {
    var number = DIGITS.matcher(digits).matches() ? Long.parseLong(digits) : -1;
    var isOne = min <= number && number <= max;
    return (int) Fields.integer(field, isOne ? number : NOT_SHOWN, min, max);
  }

  /** Takes a URL apart that has been checked. */
  public static RedisUrl of(String url) {
    return of("redis", url);
  }

  /** Makes one of its parts; the first database is not written. */
  public static RedisUrl of(
      String scheme, @Nullable String userInfo, String host, int port, int database) {
    return new RedisUrl(scheme, userInfo, host, port, database == 0 ? "" : "/" + database);
  }

  /**
   * Checks a host, which is a name or an address without brackets.
   *
   * @throws InvalidInputException if it is neither
   */
  public static String checkHost(String field, String host) {
    if (!HOST.matcher(host).matches()) {
      throw new InvalidInputException(field, host, NAME);
    }
    return host;
  }

  private static boolean isEncoded(String userInfo) {
    try {
      URLDecoder.decode(userInfo, StandardCharsets.UTF_8);
      return USER_INFO.matcher(userInfo).matches();
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /** Tells whether it speaks TLS. */
  public boolean isTls() {
    return scheme.equals("rediss");
  }

  /** Tells whether it names another database than the first. */
  public boolean hasDatabase() {
    return path.matches("/0*[1-9].*");
  }

  /** Tells whether its host is a name that no URI may have. */
  public boolean hasUnderscore() {
    return host.contains("_");
  }

  /**
   * The same with the name that the Redis client gives the connection as it greets Redis, unless it
   * has one already. The name has only letters that stand for themselves in a URL.
   */
  public RedisUrl named(String client) {
    if (path.matches(".*[?&]client=.*")) {
      return this;
    }
    var and = path.contains("?") ? "&" : "?";
    return new RedisUrl(scheme, userInfo, host, port, path + and + "client=" + client);
  }

  /** The URL with all that it has, its secrets as well. */
  public String written() {
    return scheme + "://" + (userInfo == null ? "" : userInfo + "@") + authority(host) + path;
  }

  /** The same with a host instead of its own, as the Redis client takes it. */
  public String at(String host) {
    // The client decodes a plus as if it were in a form
    var user = userInfo == null ? "" : userInfo.replace("+", "%2B") + "@";
    return scheme + "://" + user + authority(host) + path;
  }

  /** Where Redis is, without user, password and database. */
  String withoutSecrets() {
    return scheme + "://" + authority(host);
  }

  /** Host and port alone. */
  public String hostAndPort() {
    return authority(host);
  }

  private String authority(String host) {
    return (host.contains(":") ? "[" + host + "]" : host) + (port == -1 ? "" : ":" + port);
  }

  /** The URL without its secrets. */
  @Override
  public String toString() {
    return withoutSecrets();
  }
}
