package dev.serverevents.internal.settings;

import java.util.List;

/** Where Redis is, and how to get in: the settings of the section redis. */
public final class RedisSettings {

  /** All of them. */
  public static final Section SECTION = new Section("redis");

  /** The types: one server, Sentinels, nodes of a cluster. */
  public static final String STANDALONE = "standalone";

  public static final String SENTINEL = "sentinel";
  public static final String CLUSTER = "cluster";

  /** How events go over a cluster. */
  public static final String BROADCAST = "broadcast";

  public static final String SHARDED = "sharded";

  /** Where the one server is, unless that is set. */
  public static final String DEFAULT_HOST = "localhost";

  public static final int DEFAULT_PORT = 6379;

  static final long MAX_DATABASE = (1 << 30) - 1;

  private static final long MAX_REPLICAS = 100;
  private static final String FILE = "a file";

  public static final Setting<String> CONNECTION_STRING =
      SECTION
          .declare(
              "connectionString", SettingType.secret("`redis://[user:password@]host[:port][/db]`"))
          .variable("SERVER_EVENTS_REDIS")
          .notCalled("url", "uri", "connection")
          .says(
              "The URL of the one server; `rediss://` speaks TLS and trusts what the JVM does"
                  + " (`javax.net.ssl.trustStore`), unless `redis.caFile` is given. User and"
                  + " password are percent-encoded.");

  public static final Setting<String> TYPE =
      SECTION
          .declare("type", SettingType.word(List.of(STANDALONE, SENTINEL, CLUSTER)))
          .byDefault(STANDALONE)
          .says("What is at the endpoints: one server, Sentinels, or nodes of a cluster.");

  public static final Setting<List<String>> ENDPOINTS =
      SECTION
          .declare("endpoints", SettingType.secrets("a list of URLs"))
          .notCalled("urls", "nodes", "sentinels")
          .says("The one server, the Sentinels, or some nodes of the cluster.");

  public static final Setting<String> MASTER_NAME =
      SECTION
          .declare("masterName", SettingType.text("a text"))
          .says("By which name the Sentinels know the master.");

  public static final Setting<String> PUBSUB =
      SECTION
          .declare("pubsub", SettingType.word(List.of(BROADCAST, SHARDED)))
          .byDefault(BROADCAST)
          .says("How events go over a cluster.");

  public static final Setting<String> HOST =
      SECTION
          .declare("host", SettingType.text("a name or an address"))
          .byDefault(DEFAULT_HOST)
          .says("Where the one server is, if there is no URL.");

  public static final Setting<Long> PORT =
      SECTION
          .declare("port", SettingType.integer(1, SettingType.MAX_PORT, ""))
          .byDefault((long) DEFAULT_PORT)
          .shownDefault("6379")
          .says("Its port, if there is no URL.");

  public static final Setting<Long> DB =
      SECTION
          .declare("db", SettingType.integer(0, MAX_DATABASE, ""))
          .byDefault(0L)
          .notCalled("database")
          .says("Its database, if there is no URL; of the master, where there are Sentinels.");

  public static final Setting<String> USER =
      SECTION
          .declare("user", SettingType.text("a text"))
          .notCalled("username")
          .says("The user, where the URL has none; of the master, where there are Sentinels.");

  public static final Setting<String> PASSWORD =
      SECTION
          .declare("password", SettingType.secret("a text"))
          .says("The password, where the URL has none; of the master, where there are Sentinels.");

  public static final Setting<String> PASSWORD_FILE =
      SECTION
          .declare("passwordFile", SettingType.text(FILE))
          .says("A file that has the password and is read anew for each connection.");

  public static final Setting<String> CA_FILE =
      SECTION
          .declare("caFile", SettingType.text(FILE))
          .shownDefault("what the JVM trusts")
          .says("The authorities that TLS trusts, as PEM.");

  public static final Setting<String> CERTIFICATE_FILE =
      SECTION
          .declare("certificateFile", SettingType.text(FILE))
          .says("The certificate of this client, as PEM.");

  public static final Setting<String> KEY_FILE =
      SECTION.declare("keyFile", SettingType.text(FILE)).says("The key of this client, as PEM.");

  public static final Setting<Boolean> VERIFY_HOST =
      SECTION
          .declare("verifyHost", SettingType.flag())
          .byDefault(true)
          .says("Whether the name in Redis's certificate must be that of its host.");

  public static final Setting<Long> REPLICAS =
      SECTION
          .declare("replicas", SettingType.integer(0, MAX_REPLICAS, ""))
          .byDefault(0L)
          .says("How many replicas must have a retained event before its emit completes.");

  private RedisSettings() {}
}
