package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

  /** What makes no sense beside the other settings of Redis. */
  private static final Map<String, String> OF_SENTINELS =
      Map.of(
          "SERVER_EVENTS_REDIS_TYPE", "sentinel",
          "SERVER_EVENTS_REDIS_ENDPOINTS", "rediss://a:1,rediss://b:2",
          "SERVER_EVENTS_REDIS_MASTER_NAME", "main",
          "SERVER_EVENTS_REDIS_USER", "api",
          "SERVER_EVENTS_REDIS_PASSWORD_FILE", "secret.txt",
          "SERVER_EVENTS_REDIS_CA_FILE", "ca.pem",
          "SERVER_EVENTS_REDIS_CERTIFICATE_FILE", "cert.pem",
          "SERVER_EVENTS_REDIS_KEY_FILE", "key.pem",
          "SERVER_EVENTS_REDIS_VERIFY_HOST", "false",
          "SERVER_EVENTS_REDIS_REPLICAS", "2");

  @Test
  void theFileThatComesWithItSaysTheDefaults() throws IOException {
    var file = new JsonObject(Files.readString(Path.of("conf", "server.json")));
    var configuration = Configuration.of(file, Map.of());
    var defaults = Configuration.of(new JsonObject(), Map.of());
    var redis = "redis://localhost:6379/0";
    assertThat(configuration.events().toJson())
        .isEqualTo(new ServerEventsOptions().setConnectionString(redis).toJson());
    var http = configuration.http();
    assertThat(http.server().toJson()).isEqualTo(defaults.http().server().toJson());
    assertThat(http.server().getPort()).isEqualTo(8080);
    var routes = defaults.http().routes();
    assertThat(http.routes().getMaxWait()).isEqualTo(routes.getMaxWait()).isEqualTo(60_000);
    assertThat(http.routes().getMaxBody()).isEqualTo(routes.getMaxBody());
    assertThat(http.routes().getHeartbeat()).isEqualTo(routes.getHeartbeat());
    assertThat(http.routes().getCors()).isEqualTo(routes.getCors()).isEmpty();
    assertThat(http.routes().getAuthentication()).isNull();
    assertThat(configuration.roles()).containsExactly(Role.API);
    assertThat(configuration.embeddedRedis()).isFalse();
    assertThat(defaults.embeddedRedis()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sentinel.json", "cluster.json", "tls.json"})
  void theOtherFilesSayWhatIsKnown(String name) throws IOException {
    var file = new JsonObject(Files.readString(Path.of("conf", name)));
    var redis = Configuration.of(file, Map.of()).events().getRedis();
    assertThat(redis.toJson()).isEqualTo(file.getJsonObject("redis"));
  }

  @Test
  void everySettingIsAlsoHadFromTheEnvironment() {
    var environment = new HashMap<String, String>();
    ServerSettings.ALL.all().stream()
        .filter(setting -> setting.variable() != null)
        .map(setting -> setting.variable())
        .filter(name -> !OF_SENTINELS.containsKey(name))
        .filter(name -> !name.matches(".*_REDIS_(PASSWORD|PUBSUB)"))
        .forEach(name -> environment.put(name, "500"));
    environment.put("SERVER_EVENTS_LIMITS_PAYLOAD_IN", "2000");
    environment.put("SERVER_EVENTS_LIMITS_PAYLOAD_OUT", "2000");
    environment.put("SERVER_EVENTS_LIMITS_EMIT_QUEUE_BYTES", "2000");
    environment.put("SERVER_EVENTS_LIMITS_UNREAD", "70000");
    environment.put("SERVER_EVENTS_REDIS", "redis://elsewhere");
    environment.put("SERVER_EVENTS_ROLES", "worker");
    environment.put("SERVER_EVENTS_LOG", "json");
    environment.put("SERVER_EVENTS_HTTP_CORS", "https://a.example,https://b.example");
    environment.put("SERVER_EVENTS_HTTP_INSECURE", "true");
    environment.put("SERVER_EVENTS_HTTP_CONSOLE", "false");
    environment.put("SERVER_EVENTS_LISTEN", "false");
    environment.put("SERVER_EVENTS_EXPLAIN_PAYLOADS", "false");
    var configuration = Configuration.of(new JsonObject().put("timeout", 1), environment);
    var settings = configuration.events().toJson();
    assertThat(settings.remove("redis"))
        .isEqualTo(
            new JsonObject()
                .put("connectionString", "redis://elsewhere")
                .put("host", "500")
                .put("port", 500L)
                .put("db", 500L));
    assertThat(settings.remove("listen")).isEqualTo(false);
    assertThat(settings.remove("explain"))
        .isEqualTo(new JsonObject().put("steps", 500L).put("payloads", false));
    var limits = (JsonObject) settings.remove("limits");
    assertThat(limits.remove("payloadIn")).isEqualTo(2000L);
    assertThat(limits.remove("payloadOut")).isEqualTo(2000L);
    assertThat(limits.remove("emitQueueBytes")).isEqualTo(2000L);
    assertThat(limits.remove("unread")).isEqualTo(70000L);
    for (var section : new JsonObject[] {limits, settings}) {
      section.fieldNames().forEach(field -> assertThat(section.getLong(field)).isEqualTo(500));
    }
    var http = configuration.http();
    assertThat(http.server().getHost()).isEqualTo("500");
    assertThat(http.server().getPort()).isEqualTo(500);
    assertThat(http.routes().getMaxWait()).isEqualTo(500);
    assertThat(http.routes().getMaxBody()).isEqualTo(500);
    assertThat(http.routes().getHeartbeat()).isEqualTo(500);
    assertThat(http.routes().getMaxRetain()).isEqualTo(500);
    assertThat(http.routes().getRequestTimeout()).isEqualTo(500);
    for (var quotas : List.of(http.routes().getPerClient(), http.routes().getTotal())) {
      assertThat(quotas.getWaits()).isEqualTo(500);
      assertThat(quotas.getStreams()).isEqualTo(500);
      assertThat(quotas.getEmits()).isEqualTo(500);
      assertThat(quotas.getRetained()).isEqualTo(500);
    }
    assertThat(http.connections()).isEqualTo(new ConnectionLimits(500, 500, 500));
    assertThat(http.routes().getCors()).containsExactly("https://a.example", "https://b.example");
    assertThat(configuration.roles()).containsExactly(Role.WORKER);
  }

  @Test
  void sentinelsAreHadFromTheEnvironment() {
    var redis = Configuration.of(new JsonObject(), OF_SENTINELS).events().getRedis();
    assertThat(redis.getType()).isEqualTo(RedisServerOptions.Type.SENTINEL);
    assertThat(redis.getEndpoints()).containsExactly("rediss://a:1", "rediss://b:2");
    assertThat(redis.getMasterName()).isEqualTo("main");
    assertThat(redis.getUser()).isEqualTo("api");
    assertThat(redis.getReplicas()).isEqualTo(2);
    assertThat(redis.getPasswordFile()).isEqualTo("secret.txt");
    assertThat(redis.getCaFile()).isEqualTo("ca.pem");
    assertThat(redis.getCertificateFile()).isEqualTo("cert.pem");
    assertThat(redis.getKeyFile()).isEqualTo("key.pem");
    assertThat(redis.isVerifyHost()).isFalse();
    assertThat(redis.serverUrl("::1", 7)).isEqualTo("rediss://[::1]:7");
    var password = Map.of("SERVER_EVENTS_REDIS_PASSWORD", "secret");
    assertThat(Configuration.of(new JsonObject(), password).events().getRedis().getPassword())
        .isEqualTo("secret");
  }

  @Test
  void aClusterIsHadFromTheEnvironment() {
    var environment =
        Map.of(
            "SERVER_EVENTS_REDIS_TYPE", "cluster",
            "SERVER_EVENTS_REDIS_PUBSUB", "sharded",
            "SERVER_EVENTS_REDIS_ENDPOINTS", "redis://me:secret@a:1,redis://b:2");
    var redis = Configuration.of(new JsonObject(), environment).events().getRedis();
    assertThat(redis.getType()).isEqualTo(RedisServerOptions.Type.CLUSTER);
    assertThat(redis.getPubsub()).isEqualTo(RedisServerOptions.PubSub.SHARDED);
    assertThat(redis.serverUrl("c", 3)).isEqualTo("redis://me:secret@c:3");
  }

  @Test
  void whoConfiguresARedisGetsNoDemoUnlessItIsAskedFor() {
    var redis = Map.of("SERVER_EVENTS_REDIS", "redis://elsewhere");
    assertThat(Configuration.of(new JsonObject(), Map.of()).roles()).containsExactly(Role.values());
    assertThat(Configuration.of(new JsonObject(), redis).roles()).containsExactly(Role.API);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "api,boss | roles is \"boss\": it must be \"api\" or \"demo\" or \"worker\"",
        "demo,worker | roles is \"demo\": it must be with \"api\", whose route it is"
      })
  void aRoleThatIsNoneOrMakesNoSenseIsNamed(String roles, String message) {
    assertThatThrownBy(
            () -> Configuration.of(new JsonObject(), Map.of("SERVER_EVENTS_ROLES", roles)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  private static Configuration http(String json) {
    return Configuration.of(new JsonObject().put("http", new JsonObject(json)), Map.of());
  }

  @Test
  void withoutKeysItIsReachedFromThisMachineAloneUnlessToldOtherwise() {
    for (var host : new String[] {"0.0.0.0", "::", "192.0.2.1", "example.com"}) {
      assertThatThrownBy(() -> http("{\"host\":\"%s\"}".formatted(host)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "http.host is \"%s\": it must be a loopback address while there are no http.keys, unless http.insecure is true"
                  .formatted(host));
      var insecure = http("{\"host\":\"%s\",\"insecure\":true}".formatted(host));
      assertThat(insecure.http().server().getHost()).isEqualTo(host);
      var keys =
          "{\"host\":\"%s\",\"keys\":[{\"name\":\"a\",\"sha256\":\"%s\"}]}"
              .formatted(host, "0".repeat(64));
      assertThat(http(keys).http().routes().getAuthentication()).isNotNull();
    }
    for (var host : new String[] {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) {
      assertThat(http("{\"host\":\"%s\"}".formatted(host)).http().server().getHost())
          .isEqualTo(host);
    }
  }

  @Test
  void theConsoleIsServedWhereKeysGuardItOrFromThisMachineAloneUnlessItIsOff() {
    var key = "\"keys\":[{\"name\":\"a\",\"sha256\":\"%s\"}]".formatted("0".repeat(64));
    assertThat(http("{}").http().console()).isTrue();
    assertThat(http("{\"host\":\"0.0.0.0\",%s}".formatted(key)).http().console()).isTrue();
    assertThat(http("{\"host\":\"0.0.0.0\",\"insecure\":true}").http().console()).isFalse();
    for (var others : new String[] {key, "\"host\":\"localhost\""}) {
      assertThat(http("{\"console\":false,%s}".formatted(others)).http().console()).isFalse();
    }
    assertThatThrownBy(() -> http("{\"host\":\"0.0.0.0\",\"insecure\":true,\"console\":true}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "http.console is true: it must be false while there are no http.keys, unless http.host is a loopback address");
  }

  /** Else a client's next request would come to a connection that is being closed. */
  @Test
  void aConnectionWithNothingOnItIsKeptForLongerThanClientsKeepTheirs() {
    var kept = (int) (Connections.KEEP_ALIVE_MS / 1_000);
    assertThat(http("{\"maxWait\":10000,\"heartbeat\":5000}").http().server().getIdleTimeout())
        .isEqualTo(kept + 30);
    assertThat(http("{\"maxWait\":200000}").http().server().getIdleTimeout()).isEqualTo(230);
    assertThat(http("{\"heartbeat\":300000}").http().server().getIdleTimeout()).isEqualTo(330);
  }

  @Test
  void aSettingOfASectionStandsInTheObjectOfTheSection() {
    assertThatThrownBy(() -> http("{\"perClient.waits\":1}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "http.perClient.waits is \"(not shown)\": it must not have a dot: it is a field in another object");
    assertThatThrownBy(() -> new ServerEventsOptions(new JsonObject().put("redis.host", "x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("redis.host");
  }

  @Test
  void vertxsOwnSettingsAreTaken() {
    var server =
        http("{\"maxWait\":10000,\"server\":{\"ssl\":true,\"maxHeaderSize\":1000,\"idleTimeout\":7}}")
            .http()
            .server();
    assertThat(server.isSsl()).isTrue();
    assertThat(server.getMaxHeaderSize()).isEqualTo(1000);
    assertThat(server.getIdleTimeout()).isEqualTo(7);
    assertThatThrownBy(() -> http("{\"server\":{\"maxHeaderSize\":\"much\"}}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "http.server.maxHeaderSize is \"much\": it must be as in Vert.x's HttpServerOptions");
    assertThatThrownBy(() -> http("{\"server\":{\"sssl\":true}}"))
        .hasMessage(
            "http.server.sssl is \"(not shown)\": it must be one of the settings; the nearest one is http.server.ssl");
    var pem = "{\"server\":{\"pemKeyCertOptions\":{\"keyPath\":\"k\",\"certPaths\":[\"c\"]}}}";
    assertThat(http(pem).http().server().getKeyCertOptions())
        .isEqualTo(new PemKeyCertOptions().addKeyPath("k").addCertPath("c"));
    assertThatThrownBy(() -> http("{\"server\":{\"pfxKeyCertOptions\":{\"password\":12345}}}"))
        .hasMessageContaining("http.server.pfxKeyCertOptions.password is \"(not shown)\"");
    assertThatThrownBy(() -> http("{\"server\":{\"port\":5}}"))
        .hasMessage("http.server.port is 5: it must not be there: it is http.port");
    for (var field :
        List.of("maxInitialLineLength", "maxHeaderSize", "maxChunkSize", "acceptBacklog")) {
      assertThatThrownBy(() -> http("{\"server\":{\"%s\":0}}".formatted(field)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("http.server." + field)
          .hasMessageContaining("1");
    }
    assertThatThrownBy(() -> http("{\"server\":{\"decompressionSupported\":true}}"))
        .hasMessageContaining("http.server.decompressionSupported is true: it must be false");
    assertThatThrownBy(() -> http("{\"server\":{\"idleTimeout\":-5}}"))
        .hasMessageContaining("HttpServerOptions");
  }
}
