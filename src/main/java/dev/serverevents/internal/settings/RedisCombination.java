package dev.serverevents.internal.settings;

import static dev.serverevents.internal.settings.RedisSettings.CA_FILE;
import static dev.serverevents.internal.settings.RedisSettings.CERTIFICATE_FILE;
import static dev.serverevents.internal.settings.RedisSettings.DB;
import static dev.serverevents.internal.settings.RedisSettings.ENDPOINTS;
import static dev.serverevents.internal.settings.RedisSettings.KEY_FILE;
import static dev.serverevents.internal.settings.RedisSettings.MASTER_NAME;
import static dev.serverevents.internal.settings.RedisSettings.PASSWORD;
import static dev.serverevents.internal.settings.RedisSettings.PASSWORD_FILE;
import static dev.serverevents.internal.settings.RedisSettings.PUBSUB;
import static dev.serverevents.internal.settings.RedisSettings.VERIFY_HOST;

import dev.serverevents.InvalidInputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which settings of the section redis make sense together. */
public final class RedisCombination {

  private final Values values;
  private final List<RedisUrl> urls;

  private RedisCombination(Values values, List<RedisUrl> urls) {
    this.values = values;
    this.urls = urls;
  }

  /**
   * Checks them.
   *
   * @param urls those of the endpoints, of which there is at least one
   * @throws InvalidInputException for a mix that makes no sense
   */
  public static void check(Values values, List<RedisUrl> urls) {
    var combination = new RedisCombination(values, urls);
    combination.checkType(values.get(RedisSettings.TYPE));
    combination.checkFiles();
    combination.checkTls();
  }

  private void checkType(String type) {
    var list = values.find(ENDPOINTS);
    var masterName = values.find(MASTER_NAME);
    refuseIf(
        type.equals(RedisSettings.STANDALONE) && urls.size() > 1,
        "redis.endpoints",
        urls.size() + " URLs",
        "must be one URL where redis.type is \"standalone\"");
    refuseIf(
        !type.equals(RedisSettings.SENTINEL) && masterName != null,
        "redis.masterName",
        masterName,
        "must not be there unless redis.type is \"sentinel\"");
    refuseIf(
        !type.equals(RedisSettings.STANDALONE) && (list == null || list.isEmpty()),
        "redis.endpoints",
        null,
        "must be URLs where redis.type is \"sentinel\", of the Sentinels, or \"cluster\", of nodes");
    refuseIf(
        !type.equals(RedisSettings.CLUSTER) && values.has(PUBSUB),
        "redis.pubsub",
        values.get(PUBSUB),
        "must not be there unless redis.type is \"cluster\"");
    refuseIf(
        type.equals(RedisSettings.CLUSTER)
            && (values.get(DB) != 0 || urls.stream().anyMatch(RedisUrl::hasDatabase)),
        "redis.db",
        "there",
        "must be 0, in the URLs as well, where redis.type is \"cluster\"");
    refuseIf(
        type.equals(RedisSettings.SENTINEL) && masterName == null,
        "redis.masterName",
        null,
        "must be the master's name where redis.type is \"sentinel\"");
  }

  private void checkFiles() {
    refuseIf(
        values.has(PASSWORD) && values.has(PASSWORD_FILE),
        "redis.passwordFile",
        values.find(PASSWORD_FILE),
        "must not be there beside redis.password");
    refuseIf(
        values.has(CERTIFICATE_FILE) != values.has(KEY_FILE),
        "redis.certificateFile",
        values.find(CERTIFICATE_FILE),
        "must be there if and only if redis.keyFile is");
  }

  private void checkTls() {
    var isTls = urls.get(0).isTls();
    var verifyHost = values.get(VERIFY_HOST);
    refuseIf(
        urls.stream().map(RedisUrl::isTls).distinct().count() > 1,
        "redis.endpoints",
        "redis:// and rediss://",
        "must be all of one scheme");
    refuseIf(
        !isTls && (values.has(CA_FILE) || values.has(KEY_FILE) || !verifyHost),
        "redis.caFile, keyFile or verifyHost",
        "there",
        "must be with rediss:// URLs");
    for (var url : urls) {
      refuseIf(
          isTls && verifyHost && url.hasUnderscore(),
          "redis.verifyHost",
          true,
          "must be false for the host \"%s\", for TLS knows no underscore in a name"
              .formatted(url.host()));
    }
  }

  private static void refuseIf(boolean wrong, String field, @Nullable Object value, String rule) {
    if (wrong) {
      throw new InvalidInputException(field, value, rule);
    }
  }
}
