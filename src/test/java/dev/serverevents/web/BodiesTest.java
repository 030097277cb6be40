package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.RawHttp;
import dev.serverevents.testing.Server;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may stand in a URL and in a body, and how it is refused otherwise. */
@OnBothBackends
class BodiesTest {

  private static final String FORM = "application/x-www-form-urlencoded";

  private static Http.Reply kept(Http http) {
    return http.get("/events/a/1?retained=true");
  }

  @Test
  void theBodyIsWhatIsSentWhateverItsTypeSays(Server server) {
    server.deploy();
    var http = new Http(server);
    var bodies =
        List.of(
            "[\"100%\"]", "[\"a=b&c+d\"]", "[\"" + "x".repeat(100_000) + "\"]", "[\"\u00e9%zz\"]");
    for (var body : bodies) {
      for (var type :
          List.of(
              FORM,
              FORM + "; charset=UTF-8",
              "text/plain",
              "application/json",
              "application/vnd.x+json",
              "application/octet-stream",
              "image/png",
              "")) {
        http.post("/events/a/1?retain=60000", body, "Content-Type", type)
            .is(202, "{\"receivers\":0}");
        assertThat(kept(http).body()).as(type).isEqualTo(body);
        Await.until(() -> server.broker().channels().isEmpty());
      }
    }
    var failure = "{\"code\":422,\"message\":\"100% = full\"}";
    http.put("/events/a/2/failure?retain=60000", failure, "Content-Type", FORM)
        .is(202, "{\"receivers\":0}");
    assertThat(http.get("/events/a/2?retained=true").detail()).isEqualTo("100% = full");
  }

  @Test
  void soItIsOverHttp2(Server server) {
    server.deploy();
    var http = new Http(server);
    var options = new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2);
    var client = server.vertx().createHttpClient(options);
    var status =
        client
            .request(HttpMethod.POST, http.port(), "127.0.0.1", "/api/events/a/1?retain=60000")
            .compose(request -> request.putHeader("Content-Type", FORM).send("[\"100%\"]"))
            .map(
                response -> {
                  assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                  return response.statusCode();
                });
    assertThat(result(status)).isEqualTo(202);
    assertThat(kept(http).body()).isEqualTo("[\"100%\"]");
    result(client.close());
  }

  @Test
  void aMultipartBodyIsRefusedAndEmitsNothing(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var path : List.of("/events/a/1?retain=60000", "/events/a/1/progress")) {
      var refused = http.post(path, "--x\r\n", "Content-Type", "Multipart/Form-Data; boundary=x");
      assertThat(refused.status()).isEqualTo(415);
      assertThat(refused.detail())
          .startsWith("Content-Type is \"Multipart/Form-Data; boundary=x\": it must not be");
    }
    assertThat(http.get("/events/a/1?retained=true&timeout=300").status()).isEqualTo(504);
  }

  @Test
  void whatIsNotUtf8IsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var bytes : List.of("[\"caf\u00e9\"]", "[\"\u00ed\u00a0\u0080\"]", "[\"\u00c0\u00af\"]")) {
      var refused =
          result(
              http.send(HttpMethod.POST, "/events/a/1", Buffer.buffer(bytes.getBytes(ISO_8859_1))));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.detail()).startsWith("body is ").endsWith(": it must be UTF-8");
    }
    for (var url :
        List.of(
            "/events/caf%E9/1",
            "/events/a/%ED%A0%80",
            "/events/a/%C0%AF/stream",
            "/events/a?any=1,%FF",
            "/events/a/1?timeout=%E9",
            "/events/%zz/1",
            "/events/a/%",
            "/events/a/1?x=%z")) {
      var refused = http.get(url);
      assertThat(refused.status()).as(url).isEqualTo(400);
      assertThat(refused.detail())
          .isEqualTo("the URL is \"/api" + url + "\": it must be percent-encoded UTF-8");
    }
    assertThat(http.post("/events/caf%E9/1", "[]").status()).isEqualTo(400);
    assertThat(http.post("/events/caf%C3%A9/1", "[]").status()).isEqualTo(202);
    var raw =
        RawHttp.ask(
            "http://127.0.0.1:" + http.port(),
            "GET /api/events/caf\u00e9/1 HTTP/1.1",
            "Host: a",
            "Connection: close",
            "");
    assertThat(raw).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void whatIsTooLargeIsToldTheLimit(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setMaxBody(1_000));
    for (var type : List.of(FORM, "application/json")) {
      var refused = http.post("/events/a/1", "x".repeat(1_001), "Content-Type", type);
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.detail()).isEqualTo("The body must have at most 1000 bytes");
    }
  }

  @Test
  void everyRefusalSaysWhy(Server server) {
    server.deploy();
    var http = new Http(server);
    assertThat(http.get("/nowhere").detail()).isEqualTo("Nothing is found at this path");
    assertThat(http.post("/events/a", "").detail())
        .isEqualTo("The method is none of those that Allow names");
    for (var path : List.of("/health", "/health/live", "/health/ready", "/openapi.json")) {
      var refused = http.post(path, "");
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.headers().get("Allow")).isEqualTo("GET, HEAD, OPTIONS");
      assertThat(http.ask(HttpMethod.HEAD, path).status()).isEqualTo(200);
      assertThat(http.ask(HttpMethod.OPTIONS, path).status()).isEqualTo(204);
    }
    var info = http.ask(HttpMethod.HEAD, "/eventbus/info");
    assertThat(info.status()).isEqualTo(405);
    assertThat(info.headers().get("Allow")).isEqualTo("GET, OPTIONS");
    assertThat(http.ask(HttpMethod.OPTIONS, "/eventbus/info").status()).isEqualTo(204);
    assertThat(http.get("/socket").detail()).isEqualTo("Upgrade must be \"websocket\"");
    assertThat(http.post("/events/a/1", "[]", "Expect", "x").detail())
        .isEqualTo("Expect must be \"100-continue\"");
    var half = http.get("/socket", "Upgrade", "websocket");
    assertThat(half.status()).isEqualTo(400);
    assertThat(half.detail()).isEqualTo("The request is no WebSocket handshake of RFC 6455");
  }

  @Test
  void evenWhatIsNoHttpIsToldWhy(Server server) {
    var url = "http://127.0.0.1:" + new Http(server).port();
    var tooLong = "x".repeat(20_000);
    assertThat(RawHttp.ask(url, "GET / HTTP/1.1", "Content-Length: x", ""))
        .contains(" 400 ")
        .contains("application/problem+json")
        .endsWith("\"detail\":\"The request is malformed\",\"cause\":\"invalid\"}");
    assertThat(RawHttp.ask(url, "GET /" + tooLong + " HTTP/1.1", "Host: a", ""))
        .contains(" 414 ")
        .endsWith("\"detail\":\"The URL is too long\",\"cause\":\"invalid\"}");
    assertThat(RawHttp.ask(url, "GET / HTTP/1.1", "Host: a", "X: " + tooLong, ""))
        .contains(" 431 ")
        .endsWith("\"detail\":\"The headers are too long\",\"cause\":\"invalid\"}");
  }

  @Test
  void aBodyWithABrokenChunkIsRefusedAndEmitsNothing(Server server) {
    server.deploy();
    var http = new Http(server);
    var post = "POST /api/events/a/1?retain=60000 HTTP/1.1";
    var put = "PUT /api/events/a/1/failure?retain=60000 HTTP/1.1";
    var chunked = "Transfer-Encoding: chunked";
    var url = "http://127.0.0.1:" + http.port();
    for (var answer :
        List.of(
            RawHttp.ask(url, post, "Host: a", chunked, "", "3", "[1]", "ZZ", ""),
            RawHttp.ask(url, post, "Host: a", chunked, "", "ZZ", "[1]", "0", ""),
            RawHttp.ask(url, put, "Host: a", chunked, "", "1", "{", "ZZ", ""))) {
      assertThat(answer)
          .startsWith("HTTP/1.1 400 ")
          .containsIgnoringCase("connection: close")
          .endsWith("\"detail\":\"The request is malformed\",\"cause\":\"invalid\"}");
    }
    assertThat(http.get("/events/a/1?retained=true&timeout=300").status()).isEqualTo(504);
  }

  @Test
  void theConnectionEndsIfTheRestOfABodyThatIsTooLargeIsLate(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setRequestTimeout(300));
    var answer =
        RawHttp.ask(
            "http://127.0.0.1:" + http.port(),
            "POST /api/events/a/1 HTTP/1.1",
            "Host: a",
            "Content-Length: 3000000",
            "",
            "[");
    assertThat(answer).startsWith("HTTP/1.1 413 ").containsOnlyOnce("HTTP/1.1 ");
  }

  @Test
  void nothingIsDoneThatComesBehindARequestWithoutAValidHost(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var host : List.of("X: no host", "Host: a b", "Host: a:99999", "Host: a/b")) {
      var answers =
          RawHttp.ask(
              "http://127.0.0.1:" + http.port(),
              "GET /api/events/a/2?timeout=300 HTTP/1.1", // is answered before, and later
              "Host: a",
              "",
              "GET /api/health HTTP/1.1",
              host,
              "",
              "POST /api/events/a/1?retain=60000 HTTP/1.1",
              "Host: a",
              "Connection: close",
              "Content-Length: 2",
              "",
              "[]");
      assertThat(answers)
          .as(host)
          .startsWith("HTTP/1.1 504 ")
          .contains("HTTP/1.1 400 ")
          .containsIgnoringCase("\r\nconnection: close\r\n")
          .endsWith("\"detail\":\"The request is malformed\",\"cause\":\"invalid\"}");
    }
    assertThat(http.get("/events/a/1?retained=true&timeout=300").status()).isEqualTo(504);
  }

  @Test
  void theLocationIsOnThisServerHoweverThePathIsWritten(Server server) {
    server.deploy();
    var http = new Http(server);
    var answer =
        RawHttp.ask(
            "http://127.0.0.1:" + http.port(),
            "GET //evil.example/../api/events/a%20b/%2F1?timeout=300 HTTP/1.1",
            "Host: a",
            "Prefer: respond-async",
            "Connection: close",
            "");
    assertThat(answer)
        .startsWith("HTTP/1.1 202 ")
        .containsIgnoringCase("\r\nlocation: /api/events/a%20b/%2F1?retained=true\r\n");
  }

  @Test
  void anEndOfAStreamIsSeenByAClientThatKnowsNoChunks(Server server) {
    server.deploy();
    var http = new Http(server);
    http.post("/events/a/1?retain=60000", "[1]").is(202, "{\"receivers\":0}");
    var answer =
        RawHttp.ask(
            "http://127.0.0.1:" + http.port(),
            "GET /api/events/a/1/stream?retained=true HTTP/1.0",
            "Connection: keep-alive",
            "");
    assertThat(answer)
        .startsWith("HTTP/1.0 200 ")
        .containsIgnoringCase("\r\nconnection: close\r\n")
        .doesNotContainIgnoringCase("keep-alive")
        .endsWith("\ndata: [1]\n\n");
  }
}
