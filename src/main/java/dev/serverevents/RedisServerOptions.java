package dev.serverevents;

import static dev.serverevents.internal.settings.RedisSettings.CA_FILE;
import static dev.serverevents.internal.settings.RedisSettings.CERTIFICATE_FILE;
import static dev.serverevents.internal.settings.RedisSettings.CONNECTION_STRING;
import static dev.serverevents.internal.settings.RedisSettings.DB;
import static dev.serverevents.internal.settings.RedisSettings.ENDPOINTS;
import static dev.serverevents.internal.settings.RedisSettings.HOST;
import static dev.serverevents.internal.settings.RedisSettings.KEY_FILE;
import static dev.serverevents.internal.settings.RedisSettings.MASTER_NAME;
import static dev.serverevents.internal.settings.RedisSettings.PASSWORD;
import static dev.serverevents.internal.settings.RedisSettings.PASSWORD_FILE;
import static dev.serverevents.internal.settings.RedisSettings.PORT;
import static dev.serverevents.internal.settings.RedisSettings.PUBSUB;
import static dev.serverevents.internal.settings.RedisSettings.REPLICAS;
import static dev.serverevents.internal.settings.RedisSettings.TYPE;
import static dev.serverevents.internal.settings.RedisSettings.USER;
import static dev.serverevents.internal.settings.RedisSettings.VERIFY_HOST;

import dev.serverevents.internal.settings.RedisCombination;
import dev.serverevents.internal.settings.RedisSettings;
import dev.serverevents.internal.settings.RedisUrl;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.Values;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is, and how to get in. In JSON it is the section redis:
 *
 * <pre>{@code
 * {"host": "localhost", "port": 6379, "db": 0}
 * {"connectionString": "rediss://user:password@redis.example.com:6380/0"}
 * {"type": "sentinel", "masterName": "main", "user": "api", "passwordFile": "/run/secrets/redis",
 *  "endpoints": ["rediss://s1:26379", "rediss://s2:26379"], "caFile": "ca.pem"}
 * {"type": "cluster", "pubsub": "sharded", "endpoints": ["redis://n1:6379", "redis://n2:6379"]}
 * }</pre>
 *
 * <p>A password is nowhere shown, but in {@link #toJson()}. An instance does not change.
 */
public final class RedisServerOptions {

  /** What is at the endpoints. */
  public enum Type {
    /** One Redis server. */
    STANDALONE,
    /** Sentinels, which know the Redis server that is the master at present. */
    SENTINEL,
    /** Nodes of a Redis Cluster, which know the others. */
    CLUSTER
  }

  /** How events go over a Redis Cluster. */
  public enum PubSub {
    /** By PUBLISH and SUBSCRIBE, on any node, as plain peers do: every node gets every event. */
    BROADCAST,
    /** By SPUBLISH and SSUBSCRIBE, of Redis 7: an event's slot says which master has it. */
    SHARDED
  }

  /** Where Redis is by default. */
  public static final String DEFAULT_HOST = RedisSettings.DEFAULT_HOST;

  /** Redis's standard port. */
  public static final int DEFAULT_PORT = RedisSettings.DEFAULT_PORT;

  private final Values values;
  private final List<String> endpoints;

  /** The defaults: one server on this machine. */
  public RedisServerOptions() {
    this(new JsonObject());
  }

  /**
   * One server, by its URL: {@code redis://[user:password@]host[:port][/db]}, or rediss://.
   *
   * @throws InvalidInputException if that is no such URL
   */
  public static RedisServerOptions of(String url) {
    RedisUrl.of(CONNECTION_STRING.path(), url); // in JSON, null is a setting that is not given
    return new RedisServerOptions(new JsonObject().put("connectionString", url));
  }

  /**
   * Reads the section.
   *
   * @throws InvalidInputException for a wrong field, for one that is no setting, or for a mix that
   *     makes no sense
   */
  public RedisServerOptions(JsonObject json) {
    new Settings(RedisSettings.SECTION).check(RedisSettings.SECTION.name(), json);
    values = Values.of(RedisSettings.SECTION, json);
    endpoints = endpoints(values);
    RedisCombination.check(values, endpoints.stream().map(RedisUrl::of).toList());
  }

  private static List<String> endpoints(Values values) {
    var list = values.find(ENDPOINTS);
    if (list != null && !list.isEmpty()) {
      for (var other : List.of(CONNECTION_STRING, HOST, PORT)) {
        if (values.has(other)) {
          throw new InvalidInputException(
              other.path(), "(not shown)", "must not be there beside redis.endpoints");
        }
      }
      list.forEach(url -> RedisUrl.of(ENDPOINTS.path(), url));
      return list;
    }
    var url = values.find(CONNECTION_STRING);
    if (url != null) {
      RedisUrl.of(CONNECTION_STRING.path(), url);
      return List.of(url);
    }
    var host = RedisUrl.checkHost(HOST.path(), values.get(HOST));
    var server = RedisUrl.of("redis", null, host, values.get(PORT).intValue(), database(values));
    return List.of(server.written());
  }

  private static int database(Values values) {
    return values.get(DB).intValue();
  }

  /** The same as JSON. It contains the password where that is set. */
  public JsonObject toJson() {
    return values.givenToJson();
  }

  /** What is at the endpoints. */
  public Type getType() {
    return Type.valueOf(values.get(TYPE).toUpperCase(Locale.ROOT));
  }

  /** How events go over a Redis Cluster; it says nothing elsewhere. */
  public PubSub getPubsub() {
    return PubSub.valueOf(values.get(PUBSUB).toUpperCase(Locale.ROOT));
  }

  /** The URLs: of the one server, of the Sentinels, or of nodes of the cluster. */
  public List<String> getEndpoints() {
    return endpoints;
  }

  /** By which name the Sentinels know the master; null where there are none. */
  public @Nullable String getMasterName() {
    return values.find(MASTER_NAME);
  }

  /**
   * The URL of a Redis server that a Sentinel or a node of a cluster named, with the scheme and the
   * database set here, and in a cluster the user and password of its endpoint.
   */
  public String serverUrl(String host, int port) {
    var endpoint = RedisUrl.of(endpoints.get(0));
    var userInfo = getType() == Type.CLUSTER ? endpoint.userInfo() : null;
    return RedisUrl.of(endpoint.scheme(), userInfo, host, port, database(values)).written();
  }

  /** Whether it speaks TLS. */
  public boolean isTls() {
    return RedisUrl.of(endpoints.get(0)).isTls();
  }

  /**
   * The user of Redis's ACL, where its URL has none; null for the default one. Sentinels have
   * theirs in their URLs.
   */
  public @Nullable String getUser() {
    return values.find(USER);
  }

  /** The password, where a URL has none; null where there is none or it is in a file. */
  public @Nullable String getPassword() {
    return values.find(PASSWORD);
  }

  /** The file that has the password and is read anew for each connection, or null. */
  public @Nullable String getPasswordFile() {
    return values.find(PASSWORD_FILE);
  }

  /**
   * A PEM file of the authorities that TLS trusts; null for those that the JVM trusts ({@code
   * javax.net.ssl.trustStore}).
   */
  public @Nullable String getCaFile() {
    return values.find(CA_FILE);
  }

  /** A PEM file of the client's certificate, or null. */
  public @Nullable String getCertificateFile() {
    return values.find(CERTIFICATE_FILE);
  }

  /** A PEM file of the client's key, or null. */
  public @Nullable String getKeyFile() {
    return values.find(KEY_FILE);
  }

  /**
   * How many replicas must have an event that is retained, or that has an idempotency key, before
   * its emit completes (WAIT); 0, the default, for none. Redis replicates asynchronously, so that
   * what a master acknowledged can be lost when it fails.
   */
  public int getReplicas() {
    return values.get(REPLICAS).intValue();
  }

  /** Whether the name in Redis's certificate must be that of its host. */
  public boolean isVerifyHost() {
    return values.get(VERIFY_HOST);
  }
}
