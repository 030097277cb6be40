package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.RawHttp;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import dev.serverevents.testing.TestCertificate;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as others may reach it: with TLS, API keys, metrics, and a log of JSON. */
@ExtendWith(ServerExtension.class)
@Tag("long")
class HttpsServerIT {

  private static final String KEY = "a random key of many digits";
  private static final char[] PASSWORD = TestCertificate.PASSWORD.toCharArray();
  private static final String MONITOR = "another random key of many digits";

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

  private static JsonObject key(String name, String key) {
    var hash = Sha256.hex(key.getBytes(StandardCharsets.UTF_8));
    return new JsonObject().put("name", name).put("sha256", hash);
  }

  private static JsonObject conf(TestCertificate certificate) {
    var orders = new JsonArray().add("orders.*");
    var shop = key("shop", KEY).put("wait", orders).put("emit", orders);
    var monitor = key("monitor", MONITOR).put("metrics", true);
    var server =
        new JsonObject().put("ssl", true).put("pfxKeyCertOptions", certificate.key().toJson());
    var http =
        new JsonObject()
            .put("host", "0.0.0.0")
            .put("port", 0)
            .put("keys", new JsonArray().add(shop).add(monitor))
            .put("server", server);
    var roles = new JsonArray().add("api").add("demo");
    return new JsonObject().put("http", http).put("roles", roles);
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
        assertThat(refused.headers().get("WWW-Authenticate"))
            .isEqualTo("Bearer realm=\"server-events\"");
      }
      assertThat(get(client, url + "/health", "").status()).isEqualTo(200);
      var forbidden = get(client, url + "/metrics", KEY);
      assertThat(forbidden.status()).isEqualTo(403);
      assertThat(forbidden.body()).contains("You may not read the metrics");
      assertThat(get(client, url + "/events/orders.new/7", MONITOR).status()).isEqualTo(403);
      assertThat(get(client, url + "/metrics", MONITOR).body())
          .contains(
              "server_events_waits_total{cause=\"no-event\",name=\"other\",outcome=\"timeout\"} 1.0")
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
  void theDemoAsksForAKeyThatMayWaitForItsEvent(Server test, @TempDir Path directory)
      throws Exception {
    var keys =
        new JsonArray()
            .add(key("demo", KEY).put("wait", new JsonArray().add("demo pi")))
            .add(key("monitor", MONITOR).put("metrics", true));
    var conf = new JsonObject().put("http", new JsonObject().put("port", 0).put("keys", keys));
    var file = Files.writeString(directory.resolve("server.json"), conf.encode());
    try (var server = ServerProcess.start(Map.of(), "-conf", file.toString())) {
      server.awaitOutput("try: curl -s -H \"X-API-Key: $KEY\" -d ");
      for (var key : new String[] {KEY, MONITOR, "wrong"}) {
        var answer =
            RawHttp.ask(
                server.url(),
                "POST /demo/pi HTTP/1.1",
                "Host: a",
                "Connection: close",
                "Content-Length: 13",
                "X-API-Key: " + key,
                "",
                "{\"digits\": 9}");
        var status = key.equals(KEY) ? 200 : key.equals(MONITOR) ? 403 : 401;
        assertThat(answer).startsWith("HTTP/1.1 " + status);
      }
    }
  }

  @Test
  void itSpeaksNoTlsThatIsOldOrWithoutForwardSecrecy(@TempDir Path directory) throws Exception {
    var certificate = TestCertificate.create(directory);
    var file = directory.resolve("server.json");
    Files.writeString(file, conf(certificate).encode());
    try (var server = ServerProcess.start(Map.of(), "-conf", file.toString())) {
      var url = URI.create(server.url().replace("0.0.0.0", "localhost"));
      for (var suite :
          new String[] {
            "TLS_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
          }) {
        assertThatThrownBy(() -> handshake(url, certificate, "TLSv1.2", suite))
            .as(suite)
            .isInstanceOf(SSLException.class);
      }
      assertThat(handshake(url, certificate, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
          .isEqualTo("TLSv1.2");
      assertThat(handshake(url, certificate, "TLSv1.3", "TLS_AES_256_GCM_SHA384"))
          .isEqualTo("TLSv1.3");
      assertThat(handshake(url, certificate, "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256"))
          .isEqualTo("TLSv1.3");
    }
  }

  @Test
  void aClientThatOffersHttp2HasItAndAStreamThatBreaksLeavesTheOthers(
      Server test, @TempDir Path directory) throws Exception {
    var certificate = TestCertificate.create(directory);
    var file = directory.resolve("server.json");
    var conf = conf(certificate);
    conf.getJsonObject("http").getJsonObject("server").put("useAlpn", true);
    Files.writeString(file, conf.encode());
    var options =
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setTrustOptions(certificate.trust());
    var client = test.vertx().createHttpClient(options);
    try (var server = ServerProcess.start(Map.of(), "-conf", file.toString())) {
      var url = server.url().replace("0.0.0.0", "localhost");
      var waiting =
          new RequestOptions()
              .setAbsoluteURI(url + "/events/orders.new/7?timeout=5000")
              .putHeader("X-API-Key", KEY);
      var first = result(client.request(waiting));
      var second = result(client.request(waiting));
      var broken = result(client.request(waiting.setMethod(HttpMethod.POST)));
      assertThat(first.version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(first.connection()).isSameAs(second.connection()).isSameAs(broken.connection());
      var answers = List.of(first.send(), second.send());
      result(broken.write("["));
      broken.reset();
      for (var answer : answers) {
        assertThat(result(answer).statusCode()).isEqualTo(504);
      }
    }
    result(client.close());
  }

  private static String handshake(
      URI url, TestCertificate certificate, String protocol, String suite) throws Exception {
    var trust = KeyStore.getInstance(new File(certificate.trust().getPath()), PASSWORD);
    var managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trust);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    try (var socket =
        (SSLSocket) context.getSocketFactory().createSocket(url.getHost(), url.getPort())) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.setEnabledCipherSuites(new String[] {suite});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
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
