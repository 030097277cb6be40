package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the runnable jar says, and with which code it ends, when it cannot start. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class FailedStartIT {

  private static final int USAGE = 2;
  private static final int SETTING = 3;
  private static final int REDIS = 4;
  private static final int HTTP = 5;
  private static final int EMBEDDED_REDIS = 6;

  @TempDir private Path directory;

  private static void assertFails(ServerProcess server, int code, String... texts) {
    assertThat(server.awaitEnd()).as(server.output()).isEqualTo(code);
    assertThat(server.output().lines().filter(line -> line.contains("Cannot start")))
        .singleElement()
        .satisfies(line -> assertThat(line).contains(texts));
    assertThat(server.output().lines().filter(line -> !line.startsWith("Picked up ")))
        .noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"))
        .noneMatch(line -> line.contains(" WARN "))
        .hasSizeLessThan(3); // one more tells that an embedded Redis was started
    assertThat(server.output()).doesNotContain("secret");
  }

  private ServerProcess startWith(String json) throws IOException {
    var file = Files.writeString(directory.resolve("server.json"), json.replace('\'', '"'));
    return ServerProcess.start(Map.of(), "-conf", file.toString());
  }

  /** A folder that nobody can make, not even root. */
  private String nowhere() throws IOException {
    return Files.writeString(directory.resolve("file"), "").resolve("nowhere").toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'http': {'key': 'secret'}} | http.key is | http.keys",
        "{'timeuot': 1} | timeuot is | timeout",
        "{'conectionString': 'redis://secret'} | conectionString is | redis.connectionString",
        "{'redis': {'conectionString': 'secret'}} | redis.conectionString | redis.connectionString",
        "{'redis': {'url': 'redis://secret'}} | redis.url is | redis.connectionString",
        "{'limits': {'pendingWait': 'secret'}} | limits.pendingWait is | limits.pendingWaits",
        "{'Http': {'port': 1}} | Http is | http",
        "{'http': {'keys': {'name': 'secret'}}} | http.keys is | must be a JSON array",
        "{'http': {'keys': ['secret']}} | http.keys[0] is | must be a JSON object",
        "{'http': {'keys': [{'nmae': 'secret'}]}} | http.keys[0].nmae is | http.keys[0].name",
        "{'http': ['secret']} | http is | must be a JSON object",
        "{'http': {'server': {'keyPassword': 'secret'}}} | http.server.keyPassword is | not shown",
        "{'http': {'server': {'pemKeyCertOptions': {'keyPass': 'secret'}}}} | keyPass is | keyPath",
        "{'roles': 'api'} | roles is | must be a JSON array",
        "{'roles': ['apo']} | roles is | \"apo\"",
        "{'redis': {'password': 12345678}} | redis.password is | (not shown)",
        "{'redis': {'connectionString': 'redis://:pa/secret@h:1'}} | redis.connectionString | %2F",
        "{'redis': {'connectionString': 'redis://my redis:1'}} | my redis | host",
        "{'timeout': 1, 'timeout': 2} | server.json | line 1, column 25",
        "{'timeout': 1 | server.json | line 1, column",
        "{'timeout': secret} | server.json | line 1, column",
        "[] | server.json | must be a JSON object",
        "`` | server.json | must be a JSON object; the file is empty",
        "\uFEFF{'timeout': 1} | server.json | must be UTF-8 without a byte order mark",
        "{'redis': {'connectionString': 'redis://h:65536'}} | connectionString's port | 1 to 65535",
      })
  void aSettingThatIsWrongIsNamed(String json, String setting, String rule) throws IOException {
    assertFails(startWith(json), SETTING, setting, rule);
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    assertFails(ServerProcess.start(Map.of(), "-conf", "nope.json"), SETTING, "nope.json");
    assertFails(ServerProcess.start(Map.of(), "-conf", directory.toString()), SETTING, "-conf");
  }

  @ParameterizedTest
  @CsvSource({
    "SERVER_EVENTS_REDIS_URL, SERVER_EVENTS_REDIS",
    "SERVER_EVENTS_TIMEUOT, SERVER_EVENTS_TIMEOUT",
    "SERVER_EVENTS_HTTP_KEYS, 'http.keys, in the file'",
    "SERVER_EVENTS_LOGS, SERVER_EVENTS_LOG",
    "SERVER_EVENTS_LIMITS_PAYLOAD, SERVER_EVENTS_LIMITS_PAYLOAD_IN"
  })
  void aVariableThatIsNoSettingIsNamedWithTheNearestOne(String variable, String nearest) {
    assertFails(ServerProcess.start(Map.of(variable, "secret")), SETTING, variable, nearest);
  }

  @Test
  void aVariableOfTheWrongKindIsNamed() {
    assertFails(
        ServerProcess.start(Map.of("SERVER_EVENTS_LOG", "xml")),
        SETTING,
        "SERVER_EVENTS_LOG is \"xml\": it must be \"text\" or \"json\"");
    assertFails(
        ServerProcess.start(Map.of("SERVER_EVENTS_HTTP_PORT", "abc")),
        SETTING,
        "http.port is \"abc\": it must be an integer from 0 to 65535");
  }

  @Test
  void aCommandLineThatIsWrongIsExplained() {
    for (var arguments : new String[][] {{"--confg"}, {"-conf"}, {"start"}}) {
      var server = ServerProcess.start(Map.of(), arguments);
      assertThat(server.awaitEnd()).isEqualTo(USAGE);
      assertThat(server.output()).contains(arguments[0], "--help").doesNotContain("\tat ");
      assertThat(server.output().lines()).hasSize(2);
    }
  }

  @Test
  void aRedisThatCannotBeReachedIsNamed() {
    var unreachable = Map.of("SERVER_EVENTS_REDIS", "redis://:secret@127.0.0.1:1");
    assertFails(
        ServerProcess.start(unreachable),
        REDIS,
        "Cannot start: Redis at redis://127.0.0.1:1: Connection refused");
  }

  @Test
  @OwnRedis({"--requirepass", "secret"})
  void aRedisThatRefusesIsNamed(Server test) {
    var refused = Map.of("SERVER_EVENTS_REDIS", test.redis().url());
    assertFails(
        ServerProcess.start(refused),
        REDIS,
        "Cannot start: Redis at " + test.redis().url() + ": NOAUTH");
  }

  @Test
  void aPortThatIsTakenIsNamedWithItsSetting() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = String.valueOf(taken.getLocalPort());
      assertFails(
          ServerProcess.start(Map.of("SERVER_EVENTS_HTTP_PORT", port)),
          HTTP,
          "http.port",
          "127.0.0.1:" + port,
          "already in use");
    }
  }

  @Test
  void aCertificateThatCannotBeReadIsNamed() throws IOException {
    var tls = "{'ssl': true, 'pemKeyCertOptions': {'keyPath': 'no.pem', 'certPath': 'no.pem'}}";
    assertFails(startWith("{'http': {'port': 0, 'server': " + tls + "}}"), HTTP, "no.pem");
  }

  @Test
  void aTemporaryFolderThatCannotBeWrittenIsNamedWhereOneIsNeeded() throws IOException {
    var nowhere = nowhere();
    var options = Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + nowhere);
    assertFails(ServerProcess.start(options), EMBEDDED_REDIS, nowhere, "java.io.tmpdir");
  }

  @Test
  void anotherRedisNeedsNoTemporaryFolder(Server test) throws IOException {
    var environment = new HashMap<String, String>();
    environment.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + nowhere());
    environment.put("SERVER_EVENTS_REDIS", test.redis().url());
    environment.put("SERVER_EVENTS_HTTP_PORT", "0");
    try (var server = ServerProcess.start(environment)) {
      assertThat(server.url()).startsWith("http://127.0.0.1:");
    }
  }

  @Test
  void whatKubernetesSetsForAServiceIsIgnoredWithALine(Server test) throws IOException {
    var environment = new HashMap<String, String>();
    for (var service : new String[] {"", "_REDIS", "_HTTP", "_API"}) {
      var prefix = "SERVER_EVENTS" + service;
      environment.put(prefix + "_SERVICE_HOST", "10.0.0.7");
      environment.put(prefix + "_SERVICE_PORT", "6379");
      environment.put(prefix + "_SERVICE_PORT_REDIS_TCP", "6379");
      environment.put(prefix + "_PORT", "tcp://10.0.0.7:6379");
      environment.put(prefix + "_PORT_6379_TCP", "tcp://10.0.0.7:6379");
      environment.put(prefix + "_PORT_6379_TCP_PROTO", "tcp");
      environment.put(prefix + "_PORT_6379_TCP_PORT", "6379");
      environment.put(prefix + "_PORT_6379_TCP_ADDR", "10.0.0.7");
    }
    environment.put("SERVER_EVENTS_REDIS", test.redis().url());
    var file = Files.writeString(directory.resolve("server.json"), "{\"http\": {\"port\": 0}}");
    try (var server = ServerProcess.start(environment, "-conf", file.toString())) {
      assertThat(server.url()).startsWith("http://127.0.0.1:");
      assertThat(server.output().lines().filter(line -> line.contains("Kubernetes")))
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line)
                      .contains("SERVER_EVENTS_REDIS_PORT", "SERVER_EVENTS_HTTP_SERVICE_HOST"));
    }
  }
}
