package dev.serverevents.web;

import dev.serverevents.EventKey;
import dev.serverevents.InvalidInputException;
import dev.serverevents.bus.Fields;
import dev.serverevents.bus.Sha256;
import dev.serverevents.web.Access.Action;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
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
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * API keys, of which only the SHA-256 is known here: a key is random and long, so that a slower
 * hash would add nothing. A client sends it as {@code X-API-Key}, or as {@code Authorization:
 * Bearer}.
 *
 * <pre>{@code
 * [{"name": "shop", "sha256": "<64 hex digits>", "wait": ["orders.*"], "emit": []}]
 * }</pre>
 *
 * <p>In a pattern, {@code *} stands for any text; an event whose name fits none is forbidden.
 */
final class ApiKeys implements AuthenticationProvider, Access {

  private static final String BEARER = "Bearer ";
  private static final String KEY = "apiKey";
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");

  private record Key(String name, Buffer sha256, List<NamePattern> waits, List<NamePattern> emits) {
    boolean permits(Action action, String event) {
      return (action == Action.WAIT ? waits : emits)
          .stream().anyMatch(pattern -> pattern.matches(event));
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
      var field = "http.keys[" + i + "]";
      var key = Fields.object(field, json.getValue(i));
      var hash = Fields.string(field + ".sha256", key.getValue("sha256"));
      if (!SHA_256.matcher(hash).matches()) {
        throw new InvalidInputException(
            field + ".sha256", "(not shown)", "must be the 64 hexadecimal digits of a SHA-256");
      }
      keys.add(
          new Key(
              Fields.string(field + ".name", key.getValue("name")),
              Buffer.buffer(HexFormat.of().parseHex(hash)),
              patterns(field + ".wait", key.getValue("wait")),
              patterns(field + ".emit", key.getValue("emit"))));
    }
  }

  /** Asks for a key in either header. */
  AuthenticationHandler handler() {
    return ChainAuthHandler.any()
        .add(APIKeyHandler.create(this).header("X-API-Key"))
        .add(APIKeyHandler.create(this).header("Authorization").tokenExtractor(ApiKeys::bearer));
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
    return key != null
        && name.length() <= EventKey.MAX_BYTES // a longer one is no name at all
        && keys.get(key).permits(action, name);
  }

  private static List<NamePattern> patterns(String field, @Nullable Object json) {
    return Fields.array(field, json).stream()
        .map(pattern -> new NamePattern(Fields.string(field, pattern)))
        .toList();
  }

  private static byte[] sha256(String key) {
    return Sha256.of(key.getBytes(StandardCharsets.UTF_8));
  }
}
