package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.app.demo.PiDigits;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar, as somebody runs it who has just built it. */
@Tag("jdk")
class RunnableServerIT {

  private static final Map<String, String> ANY_PORT = Map.of("SERVER_EVENTS_HTTP_PORT", "0");
  private static final Pattern CURL = Pattern.compile("try: (curl .*)");

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String url, String body)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body));
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void aConfigurationOfLogbackTakesThePlaceOfOurs(@TempDir Path folder) throws IOException {
    var file = folder.resolve("logback.xml");
    Files.writeString(
        file,
        """
        <configuration>
          <appender name="mine" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>mine: %msg%n</pattern></encoder>
          </appender>
          <root level="INFO"><appender-ref ref="mine" /></root>
        </configuration>
        """);
    var environment = new HashMap<>(ANY_PORT);
    environment.put("JDK_JAVA_OPTIONS", "-Dlogback.configurationFile=" + file);
    try (var server = ServerProcess.start(environment)) {
      server.awaitOutput("try: ");
      assertThat(server.output().lines())
          .anyMatch(line -> line.startsWith("mine: listening on http"))
          .noneMatch(line -> line.contains(" INFO "));
    }
  }

  @Test
  void thePrintedCurlLineWorksAsPasted() throws IOException {
    Programs.assume(Programs.run(Path.of("."), "curl", "--version"), "no curl here");
    try (var server = ServerProcess.start(ANY_PORT)) {
      server.awaitOutput("try: ");
      var line = server.match(CURL).orElseThrow();
      var shell = new ProcessBuilder("/bin/sh", "-c", line).start();
      var answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(new JsonObject(answer).getString("pi")).isEqualTo(PiDigits.of(1000));
    }
  }

  @Test
  void aServerWhoseOutputNobodyReadsGoesOnAnswering() {
    try (var server = ServerProcess.start(ANY_PORT)) {
      var live = URI.create(server.url() + "/health/live?" + "x".repeat(1_000));
      server.whileNobodyReads(
          () -> {
            for (var i = 0; i < 200; i++) { // 200 kB
              var request = HttpRequest.newBuilder(live).timeout(Duration.ofSeconds(10)).build();
              assertThat(client.sendAsync(request, BodyHandlers.ofString()).join().statusCode())
                  .isEqualTo(200);
            }
          });
      Await.until(
          () -> server.output().lines().filter(line -> line.contains("xxx")).count() == 200);
    }
  }

  @Test
  void aWaitIsAnsweredByAnEmitAndAnErrorByAProblem() throws Exception {
    try (var server = ServerProcess.start(ANY_PORT)) {
      var event = server.url() + "/events/pi%20event/314";
      var request = HttpRequest.newBuilder(URI.create(event)).build();
      var waiting = client.sendAsync(request, BodyHandlers.ofString());
      Await.until(() -> post(event, "[\"arg1\"]").body().equals("{\"receivers\":1}"));
      assertThat(waiting.join().body()).isEqualTo("[\"arg1\"]");

      var wrong = post(server.url() + "/demo/pi", "{\"digits\": 0}");
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body()).contains("digits is 0: it must be an integer from 1 to 10000");
      assertThat(get(server.url() + "/nowhere").body()).contains("\"title\":\"Not Found\"");
      assertThat(get(server.url() + "/health").statusCode()).isEqualTo(200);

      assertThat(get(server.url() + "/").body()).contains("\"console\":\"/console/\"");
      var console = get(server.url() + "/console/");
      assertThat(console.body()).contains("<title>Server Events</title>");
      assertThat(console.headers().allValues("Content-Security-Policy"))
          .singleElement()
          .asString()
          .contains("script-src 'self'");
      assertThat(get(server.url() + "/console/api/overview").body()).contains("\"servers\":[{");
    }
  }

  @Test
  void aJobThatIsNotDoneInTimeIsAnsweredWithAControlledMessage() throws Exception {
    var noWorker = Map.of("SERVER_EVENTS_HTTP_PORT", "0", "SERVER_EVENTS_ROLES", "api,demo");
    try (var server = ServerProcess.start(noWorker)) {
      var slow = post(server.url() + "/demo/pi?timeout=500", "{\"digits\": 10000}");
      assertThat(slow.statusCode()).isEqualTo(504);
      assertThat(slow.body()).contains("within its timeout of 500 ms");
    }
  }

  @Test
  void anAddressInBracketsIsPrintedWithOnePair() throws Exception {
    var brackets = Map.of("SERVER_EVENTS_HTTP_HOST", "[::1]", "SERVER_EVENTS_HTTP_PORT", "0");
    try (var server = ServerProcess.start(brackets)) {
      assertThat(server.url()).matches("http://\\[::1]:\\d+");
      assertThat(get(server.url() + "/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void nobodyElseOnTheMachineCanUseTheEmbeddedRedis() throws Exception {
    var printed = Pattern.compile("redis://127.0.0.1:(\\d+)");
    try (var server = ServerProcess.start(ANY_PORT)) {
      server.url();
      var port = Integer.parseInt(server.match(printed).orElseThrow());
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        var answer = new byte[128];
        var read = socket.getInputStream().read(answer);
        assertThat(new String(answer, 0, read, StandardCharsets.US_ASCII)).startsWith("-NOAUTH");
      }
      for (var child : server.children()) {
        assertThat(child.info().commandLine().orElse("")).doesNotContain("requirepass");
      }
    }
  }

  @Test
  void theEmbeddedRedisAndItsFilesEndWithTheServerHoweverThatEnds(@TempDir Path directory)
      throws IOException {
    var environment =
        Map.of(
            "SERVER_EVENTS_HTTP_PORT", "0", "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + directory);
    for (var graceful : new boolean[] {true, false}) {
      var server = ServerProcess.start(environment);
      server.url();
      var redis = server.children();
      assertThat(redis).anyMatch(child -> child.info().command().orElse("").contains("redis"));
      try (var files = Files.list(directory)) {
        assertThat(files)
            .singleElement()
            .satisfies(
                folder ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                        .isEqualTo("rwx------"));
      }
      if (graceful) {
        server.terminate();
      } else {
        server.kill();
      }
      server.awaitEnd();
      Await.until(() -> redis.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void theConfFileSetsWhatTheEnvironmentDoesNot(@TempDir Path directory) throws Exception {
    var conf = directory.resolve("server.json");
    Files.writeString(conf, "{\"timeout\": 1234, \"http\": {\"port\": 1}, \"roles\": [\"api\"]}");
    try (var server = ServerProcess.start(ANY_PORT, "-conf", conf.toString())) {
      assertThat(get(server.url() + "/events/a/1").body()).contains("its timeout of 1234 ms");
    }
  }

  @Test
  void aWrongSettingEndsTheServerWithAClearError() {
    var server = ServerProcess.start(Map.of("SERVER_EVENTS_HTTP_PORT", "abc"));
    assertThat(server.awaitEnd()).isNotZero();
    assertThat(server.output())
        .contains("Cannot start: http.port is \"abc\": it must be an integer from 0 to 65535");
    var unreachable =
        ServerProcess.start(Map.of("SERVER_EVENTS_REDIS", "redis://:secret@127.0.0.1:1"));
    assertThat(unreachable.awaitEnd()).isNotZero();
    assertThat(unreachable.output())
        .contains("Cannot start: Redis at redis://127.0.0.1:1: Connection refused")
        .doesNotContain("secret");
  }
}
