package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.bus.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TestCertificate;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as others may reach it: with TLS, API keys, metrics, and a log of JSON. */
@ExtendWith(ServerExtension.class)
class HttpsServerIT {

  private static final String KEY = "a random key of many digits";

  private record Answer(int status, MultiMap headers, String body) {}

  private static Answer get(HttpClient client, String url, String key) {
    return result(
        client
            .request(new RequestOptions().setAbsoluteURI(url).putHeader("X-API-Key", key))
            .compose(
                request ->
                    request
                        .send()
                        .compose(
                            response ->
                                response
                                    .body()
                                    .map(
                                        body ->
                                            new Answer(
                                                response.statusCode(),
                                                response.headers(),
                                                body.toString())))));
  }

  private static JsonObject conf(TestCertificate certificate) {
    var hash = Sha256.hex(KEY.getBytes(StandardCharsets.UTF_8));
    var names = new JsonArray().add("orders.*");
    var key = new JsonObject().put("name", "shop").put("sha256", hash).put("wait", names);
    var server =
        new JsonObject().put("ssl", true).put("pfxKeyCertOptions", certificate.key().toJson());
    var http =
        new JsonObject()
            .put("host", "0.0.0.0")
            .put("port", 0)
            .put("keys", new JsonArray().add(key))
            .put("server", server);
    return new JsonObject().put("http", http).put("roles", new JsonArray().add("api"));
  }

  @Test
  void othersReachItWithTlsAndAKey(Server test, @TempDir Path directory) throws Exception {
    var certificate = TestCertificate.create(directory);
    var file = directory.resolve("server.json");
    Files.writeString(file, conf(certificate).encode());
    var client =
        test.vertx().createHttpClient(new HttpClientOptions().setTrustOptions(certificate.trust()));
    var json = Map.of("SERVER_EVENTS_LOG", "json");
    try (var server = ServerProcess.start(json, "-conf", file.toString())) {
      var url = server.url().replace("0.0.0.0", "localhost");
      assertThat(url).startsWith("https://");
      var waited = get(client, url + "/events/orders.new/7?timeout=1000", KEY);
      assertThat(waited.status()).isEqualTo(504);
      assertThat(waited.headers())
          .anyMatch(header -> header.getKey().equalsIgnoreCase("Strict-Transport-Security"))
          .anyMatch(header -> header.getValue().equals("nosniff"))
          .anyMatch(header -> header.getValue().equals("default-src 'none'"))
          .noneMatch(header -> header.getKey().regionMatches(true, 0, "access-control", 0, 14));
      assertThat(get(client, url + "/events/users.new/7", KEY).status()).isEqualTo(403);
      for (var path : new String[] {"/events/orders.new/7", "/metrics", "/demo/pi"}) {
        var refused = get(client, url + path, "wrong");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers().get("Content-Type")).isEqualTo("application/problem+json");
      }
      assertThat(get(client, url + "/health", "").status()).isEqualTo(200);
      assertThat(get(client, url + "/metrics", KEY).body())
          .contains("server_events_waits_total{name=\"orders.new\",outcome=\"timeout\"} 1.0")
          .contains("server_events_waits_pending 0.0")
          .contains("vertx_http_server");
      server.awaitOutput("/events/orders.new/7?timeout=1000");
      var line =
          server.output().lines().filter(l -> l.contains("timeout=1000")).findFirst().orElseThrow();
      assertThat(new JsonObject(line).getJsonObject("mdc"))
          .isEqualTo(new JsonObject().put("name", "orders.new").put("id", "7"));
      assertThat(server.output()).doesNotContain(KEY);
    }
    result(client.close());
  }

  @Test
  void withoutAKeyItRefusesToBeReachedByOthers() {
    var server = ServerProcess.start(Map.of("SERVER_EVENTS_HTTP_HOST", "0.0.0.0"));
    assertThat(server.awaitEnd()).isNotZero();
    assertThat(server.output())
        .contains("Cannot start: http.host is \"0.0.0.0\": it must be a loopback address while");
    var insecure =
        Map.of(
            "SERVER_EVENTS_HTTP_HOST",
            "0.0.0.0",
            "SERVER_EVENTS_HTTP_PORT",
            "0",
            "SERVER_EVENTS_HTTP_INSECURE",
            "true");
    try (var told = ServerProcess.start(insecure)) {
      Await.until(() -> told.url().startsWith("http://0.0.0.0:"));
    }
  }
}
