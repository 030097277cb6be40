package dev.serverevents;

import dev.serverevents.bus.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * <p>A password is nowhere shown, but in {@link #toJson()}.
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
  public static final String DEFAULT_HOST = "localhost";

  /** Redis's standard port. */
  public static final int DEFAULT_PORT = 6379;

  private static final int MAX_REPLICAS = 100;
  private static final String URL = "must be redis://[user:password@]host[:port][/db] or rediss://";

  private final Type type;
  private final PubSub pubsub;
  private final List<String> endpoints;
  private final @Nullable String masterName;
  private final int db;
  private final @Nullable String user;
  private final @Nullable String password;
  private final @Nullable String passwordFile;
  private final @Nullable String caFile;
  private final @Nullable String certificateFile;
  private final @Nullable String keyFile;
  private final boolean verifyHost;
  private final int replicas;
  private final JsonObject json;

  /** The defaults: one server on this machine. */
  public RedisServerOptions() {
    this(new JsonObject());
  }

  /** One server, by its URL: {@code redis://[user:password@]host[:port][/db]}, or rediss://. */
  public static RedisServerOptions of(String url) {
    return new RedisServerOptions(new JsonObject().put("connectionString", url));
  }

  /**
   * Reads the section.
   *
   * @throws InvalidInputException for a wrong field, or for a mix that makes no sense
   */
  public RedisServerOptions(JsonObject json) {
    this.json = json.copy();
    type = constant("redis.type", json.getValue("type"), Type.STANDALONE, Type.values());
    pubsub = constant("redis.pubsub", json.getValue("pubsub"), PubSub.BROADCAST, PubSub.values());
    masterName = text(json, "masterName");
    db = (int) Fields.integer("redis.db", json.getValue("db", 0), 0, Integer.MAX_VALUE);
    endpoints = endpoints(json, db);
    user = text(json, "user");
    password = text(json, "password");
    passwordFile = text(json, "passwordFile");
    caFile = text(json, "caFile");
    certificateFile = text(json, "certificateFile");
    keyFile = text(json, "keyFile");
    verifyHost = Fields.flag("redis.verifyHost", json.getValue("verifyHost", true));
    replicas =
        (int) Fields.integer("redis.replicas", json.getValue("replicas", 0), 0, MAX_REPLICAS);
    check();
  }

  private static <E extends Enum<E>> E constant(
      String field, @Nullable Object value, E byDefault, E[] all) {
    if (value == null) {
      return byDefault;
    }
    return Stream.of(all)
        .filter(constant -> json(constant).equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    field,
                    value,
                    Stream.of(all)
                        .map(constant -> '"' + json(constant) + '"')
                        .collect(Collectors.joining(" or ", "must be ", ""))));
  }

  private static String json(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String text(JsonObject json, String field) {
    var value = json.getValue(field);
    return value == null ? null : Fields.string("redis." + field, value);
  }

  private static List<String> endpoints(JsonObject json, int db) {
    var list = Fields.array("redis.endpoints", json.getValue("endpoints"));
    var host = Fields.string("redis.host", json.getValue("host", DEFAULT_HOST));
    var port = Fields.integer("redis.port", json.getValue("port", DEFAULT_PORT), 1, 65535);
    var url = text(json, "connectionString");
    if (!list.isEmpty()) {
      for (var other : List.of("connectionString", "host", "port")) {
        if (json.containsKey(other)) {
          throw new InvalidInputException(
              "redis." + other, "(not shown)", "must not be there beside redis.endpoints");
        }
      }
      return list.stream()
          .map(endpoint -> url("redis.endpoints", Fields.string("redis.endpoints", endpoint)))
          .toList();
    }
    return List.of(
        url != null ? url("redis.connectionString", url) : url("redis", null, host, port, db));
  }

  private static String url(
      String scheme, @Nullable String userInfo, String host, long port, int db) {
    return "%s://%s%s:%d%s"
        .formatted(
            scheme,
            userInfo == null ? "" : userInfo + "@",
            host.contains(":") ? "[" + host + "]" : host,
            port,
            db == 0 ? "" : "/" + db);
  }

  /** Checks a URL, which is not shown, for it may contain a password. */
  private static String url(String field, String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException malformed) {
      throw new InvalidInputException(field, "(not shown)", URL);
    }
    var scheme = String.valueOf(uri.getScheme());
    if (!(scheme.equals("redis") || scheme.equals("rediss")) || uri.getHost() == null) {
      throw new InvalidInputException(field, scheme + "://...", URL);
    }
    if (uri.getPath().length() > 1) {
      Fields.integer(field + "'s database", uri.getPath().substring(1), 0, 1 << 30);
    }
    return url;
  }

  private void check() {
    refuseIf(
        type == Type.STANDALONE && endpoints.size() > 1,
        "redis.endpoints",
        endpoints.size() + " URLs",
        "must be one URL where redis.type is \"standalone\"");
    refuseIf(
        type != Type.SENTINEL && masterName != null,
        "redis.masterName",
        masterName,
        "must not be there unless redis.type is \"sentinel\"");
    refuseIf(
        type != Type.STANDALONE && json.getJsonArray("endpoints", new JsonArray()).isEmpty(),
        "redis.endpoints",
        null,
        "must be URLs where redis.type is \"sentinel\", of the Sentinels, or \"cluster\", of nodes");
    refuseIf(
        type != Type.CLUSTER && json.containsKey("pubsub"),
        "redis.pubsub",
        json(pubsub),
        "must not be there unless redis.type is \"cluster\"");
    refuseIf(
        type == Type.CLUSTER && (db != 0 || endpoints.stream().anyMatch(this::hasDatabase)),
        "redis.db",
        "there",
        "must be 0, in the URLs as well, where redis.type is \"cluster\"");
    refuseIf(
        type == Type.SENTINEL && masterName == null,
        "redis.masterName",
        null,
        "must be the master's name where redis.type is \"sentinel\"");
    refuseIf(
        endpoints.stream().map(RedisServerOptions::isTls).distinct().count() > 1,
        "redis.endpoints",
        "redis:// and rediss://",
        "must be all of one scheme");
    refuseIf(
        password != null && passwordFile != null,
        "redis.passwordFile",
        passwordFile,
        "must not be there beside redis.password");
    refuseIf(
        (certificateFile == null) != (keyFile == null),
        "redis.certificateFile",
        certificateFile,
        "must be there if and only if redis.keyFile is");
    refuseIf(
        !isTls() && (caFile != null || keyFile != null || !verifyHost),
        "redis.caFile, keyFile or verifyHost",
        "there",
        "must be with rediss:// URLs");
  }

  private boolean hasDatabase(String url) {
    return URI.create(url).getPath().matches("/0*[1-9].*");
  }

  private static void refuseIf(boolean wrong, String field, @Nullable Object value, String rule) {
    if (wrong) {
      throw new InvalidInputException(field, value, rule);
    }
  }

  private static boolean isTls(String url) {
    return url.startsWith("rediss:");
  }

  /** The same as JSON. It contains the password where that is set. */
  public JsonObject toJson() {
    return json.copy();
  }

  /** What is at the endpoints. */
  public Type getType() {
    return type;
  }

  /** How events go over a Redis Cluster; it says nothing elsewhere. */
  public PubSub getPubsub() {
    return pubsub;
  }

  /** The URLs: of the one server, of the Sentinels, or of nodes of the cluster. */
  public List<String> getEndpoints() {
    return endpoints;
  }

  /** By which name the Sentinels know the master; null where there are none. */
  public @Nullable String getMasterName() {
    return masterName;
  }

  /**
   * The URL of a Redis server that a Sentinel or a node of a cluster named, with the scheme and the
   * database set here, and in a cluster the user and password of its endpoint.
   */
  public String serverUrl(String host, int port) {
    var endpoint = URI.create(endpoints.get(0));
    var userInfo = type == Type.CLUSTER ? endpoint.getRawUserInfo() : null;
    return url(endpoint.getScheme(), userInfo, host, port, db);
  }

  /** Whether it speaks TLS. */
  public boolean isTls() {
    return isTls(endpoints.get(0));
  }

  /**
   * The user of Redis's ACL, where its URL has none; null for the default one. Sentinels have
   * theirs in their URLs.
   */
  public @Nullable String getUser() {
    return user;
  }

  /** The password, where a URL has none; null where there is none or it is in a file. */
  public @Nullable String getPassword() {
    return password;
  }

  /** The file that has the password and is read anew for each connection, or null. */
  public @Nullable String getPasswordFile() {
    return passwordFile;
  }

  /**
   * A PEM file of the authorities that TLS trusts; null for those that the JVM trusts ({@code
   * javax.net.ssl.trustStore}).
   */
  public @Nullable String getCaFile() {
    return caFile;
  }

  /** A PEM file of the client's certificate, or null. */
  public @Nullable String getCertificateFile() {
    return certificateFile;
  }

  /** A PEM file of the client's key, or null. */
  public @Nullable String getKeyFile() {
    return keyFile;
  }

  /**
   * How many replicas must have an event that is retained, or that has an idempotency key, before
   * its emit completes (WAIT); 0, the default, for none. Redis replicates asynchronously, so that
   * what a master acknowledged can be lost when it fails.
   */
  public int getReplicas() {
    return replicas;
  }

  /** Whether the name in Redis's certificate must be that of its host. */
  public boolean isVerifyHost() {
    return verifyHost;
  }
}
