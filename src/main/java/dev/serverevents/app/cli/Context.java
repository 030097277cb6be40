package dev.serverevents.app.cli;

import dev.serverevents.internal.settings.RedisUrl;
import dev.serverevents.internal.settings.Settings;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place to which a name was given. It has a URL of a server, maybe with a key, or else a URL of
 * Redis or a file with settings.
 */
record Context(
    @Nullable String url, @Nullable String key, @Nullable String redis, @Nullable String conf) {

  private static final Set<String> FIELDS = Set.of("url", "key", "redis", "conf");

  static Context of(String at, JsonObject json) {
    for (var field : json.fieldNames()) {
      if (!FIELDS.contains(field)) {
        throw Settings.unknown(at, field, FIELDS);
      }
    }
    return new Context(
        json.getString("url"),
        json.getString("key"),
        json.getString("redis"),
        json.getString("conf"));
  }

  JsonObject toJson() {
    return shown().put("redis", redis).put("key", key);
  }

  /** The same without secrets: those of the fields that there are. */
  JsonObject shown() {
    return new JsonObject().put("url", url).put("redis", place()).put("conf", conf);
  }

  /** The same for people. */
  String text() {
    return Stream.of(url, place(), conf).filter(Objects::nonNull).collect(Collectors.joining(" "));
  }

  /** Where its Redis is, without user and password. */
  private @Nullable String place() {
    return redis == null ? null : RedisUrl.of(redis).toString();
  }
}
