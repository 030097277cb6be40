package dev.serverevents.web;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.Sha256;
import dev.serverevents.internal.settings.RouteSettings;
import dev.serverevents.internal.settings.Setting;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import dev.serverevents.web.Access.Action;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.web.handler.APIKeyHandler;
import io.vertx.ext.web.handler.AuthenticationHandler;
import io.vertx.ext.web.handler.ChainAuthHandler;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * API keys, of which only the SHA-256 is known here: a key is random and long, so that a slower
 * hash would add nothing. A client sends it as {@code X-API-Key}, or as {@code Authorization:
 * Bearer}.
 *
 * <pre>{@code
 * [{"name": "shop", "sha256": "<64 hex digits>", "wait": ["orders.*"], "emit": []},
 *  {"name": "prometheus", "sha256": "<64 hex digits>", "metrics": true}]
 * }</pre>
 *
 * <p>In a pattern, {@code *} stands for any text; an event whose name fits none is forbidden, and
 * so are the metrics unless the key has the right to read them.
 */
final class ApiKeys implements AuthenticationProvider, Access {

  private static final String BEARER = "Bearer ";
  private static final String CHALLENGE = "Bearer realm=\"server-events\"";
  private static final String KEY = "apiKey";
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");

  private record Key(
      String name,
      Buffer sha256,
      List<NamePattern> waits,
      List<NamePattern> emits,
      Set<Action> others) {

    static Key of(String at, Values values) {
      var hash = required(at, values, RouteSettings.KEY_SHA_256);
      if (!SHA_256.matcher(hash).matches()) {
        throw new InvalidInputException(
            at + ".sha256", "(not shown)", "must be the 64 hexadecimal digits of a SHA-256");
      }
      return new Key(
          required(at, values, RouteSettings.KEY_NAME),
          Buffer.buffer(HexFormat.of().parseHex(hash)),
          patterns(values.get(RouteSettings.KEY_WAIT)),
          patterns(values.get(RouteSettings.KEY_EMIT)),
          others(values));
    }

    /** The rights that are not about the events of a name. */
    private static Set<Action> others(Values values) {
      var others = EnumSet.noneOf(Action.class);
      Map.of(
              Action.METRICS, RouteSettings.KEY_METRICS,
              Action.CONSOLE, RouteSettings.KEY_CONSOLE,
              Action.PAYLOADS, RouteSettings.KEY_PAYLOADS,
              Action.CANCEL, RouteSettings.KEY_CANCEL)
          .forEach(
              (action, setting) -> {
                if (values.get(setting)) {
                  others.add(action);
                }
              });
      return others;
    }

    private static String required(String at, Values values, Setting<String> setting) {
      return Fields.string(at + "." + setting.field(), values.find(setting));
    }

    private static List<NamePattern> patterns(List<String> patterns) {
      return patterns.stream().map(NamePattern::new).toList();
    }

    boolean permits(Action action, String event) {
      return switch (action) {
        case WAIT -> isNameOf(waits, event);
        case EMIT -> isNameOf(emits, event);
        case METRICS, CONSOLE, PAYLOADS, CANCEL -> others.contains(action);
      };
    }

    /** No name of an event is longer. */
    private static boolean isNameOf(List<NamePattern> patterns, String event) {
      return event.length() <= LimitsOptions.MAX_KEY
          && patterns.stream().anyMatch(pattern -> pattern.matches(event));
    }
  }

  private final List<Key> keys = new ArrayList<>();

  /**
   * Reads {@code http.keys}.
   *
   * @throws InvalidInputException for a wrong one
   */
  ApiKeys(JsonArray json) {
    for (var i = 0; i < json.size(); i++) {
      var at = "http.keys[" + i + "]";
      var key = Settings.object(at, json.getValue(i));
      new Settings(RouteSettings.KEY).checkOne(at, key);
      var added = Key.of(at, Values.of(RouteSettings.KEY, at, key));
      if (keys.stream().anyMatch(other -> other.sha256.equals(added.sha256))) {
        throw new InvalidInputException(
            at + ".sha256", "(not shown)", "must not be that of another key");
      }
      keys.add(added);
    }
  }

  /** An authentication handler that asks for a key in either header. */
  AuthenticationHandler handler() {
    var chain =
        ChainAuthHandler.any()
            .add(APIKeyHandler.create(this).header("X-API-Key"))
            .add(
                APIKeyHandler.create(this).header("Authorization").tokenExtractor(ApiKeys::bearer));
    return ctx -> {
      ctx.addHeadersEndHandler(head -> challenge(ctx.response()));
      chain.handle(ctx);
    };
  }

  /** A 401 has to say how a client is authenticated (RFC 9110). */
  private static void challenge(HttpServerResponse response) {
    if (response.getStatusCode() == HttpResponseStatus.UNAUTHORIZED.code()) {
      response.putHeader(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE);
    }
  }

  private static Future<String> bearer(String header) {
    return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Future.succeededFuture(header.substring(BEARER.length()).strip())
        : Future.failedFuture(new HttpException(HttpResponseStatus.UNAUTHORIZED.code()));
  }

  /** Compares with every key in full, so that the time it takes tells nothing. */
  @Override
  public Future<User> authenticate(Credentials credentials) {
    var given = credentials instanceof TokenCredentials token ? token.getToken() : "";
    var hash = sha256(String.valueOf(given));
    Key found = null;
    for (var key : keys) {
      if (MessageDigest.isEqual(key.sha256.getBytes(), hash)) {
        found = key;
      }
    }
    if (found == null) {
      return Future.failedFuture("Unknown API key");
    }
    var user = User.fromName(found.name);
    user.attributes().put(KEY, keys.indexOf(found));
    return Future.succeededFuture(user);
  }

  @Override
  public boolean permits(@Nullable User user, Action action, String name) {
    var key = user == null ? null : user.attributes().getInteger(KEY);
    return key != null && keys.get(key).permits(action, name);
  }

  private static byte[] sha256(String key) {
    return Sha256.of(key.getBytes(StandardCharsets.UTF_8));
  }
}
