package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.app.demo.PiDigits;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestCertificate;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss://} with user and password, and a certificate that the JVM trusts, or not. */
@ExtendWith(ServerExtension.class)
@Tag("long")
class TlsRedisIT {

  @TempDir private Path directory;

  private static Map<String, String> environment(String host, TcpProxy proxy, String jvmOptions) {
    return Map.of(
        "SERVER_EVENTS_REDIS",
        "rediss://default:secret@" + host + ":" + proxy.port(),
        "SERVER_EVENTS_HTTP_PORT",
        "0",
        "SERVER_EVENTS_ROLES",
        "api,demo,worker",
        "JAVA_TOOL_OPTIONS",
        jvmOptions);
  }

  @Test
  @OwnRedis({"--requirepass", "secret"})
  void theDemoRunsOverTlsAndAServerThatIsNotTrustedIsRefused(Server test) throws Exception {
    var certificate = TestCertificate.create(directory);
    try (var proxy = TcpProxy.withTls(test.redis(), certificate.key())) {
      var trust =
          "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s"
              .formatted(certificate.trust().getPath(), TestCertificate.PASSWORD);
      try (var server = ServerProcess.start(environment("localhost", proxy, trust))) {
        var request =
            HttpRequest.newBuilder(URI.create(server.url() + "/demo/pi"))
                .POST(BodyPublishers.ofString("{\"digits\": 100}"));
        var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        assertThat(new JsonObject(answer.body()).getString("pi")).isEqualTo(PiDigits.of(100));
      }
      for (var untrusted :
          List.of(environment("localhost", proxy, ""), environment("127.0.0.1", proxy, trust))) {
        var refused = ServerProcess.start(untrusted);
        assertThat(refused.awaitEnd()).isNotZero();
        assertThat(refused.output())
            .containsPattern(
                "Cannot start: Redis at rediss://\\S+: .*(certification path|No subject)")
            .doesNotContain("secret");
      }
    }
  }
}
