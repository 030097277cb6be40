package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which pages of other origins may do what, on every way in. */
@OnBothBackends
class OriginsTest {

  private static final String EVIL = "https://evil.example";
  private static final String FRIEND = "https://friend.example:8443";
  private static final String RETAINED = "/events/a/1?retained=true";

  private static final List<String> WEB_SOCKETS =
      List.of("/socket", "/eventbus/websocket", "/eventbus/123/session1/websocket");

  /** A request that any page can have a browser send, by method, path and body. */
  private record Sent(HttpMethod method, String path, String body) {}

  private static List<Sent> ways(String session) {
    var transports =
        Stream.of("xhr", "xhr_streaming", "xhr_send", "jsonp_send")
            .map(name -> new Sent(HttpMethod.POST, sockJs(session, name), "[]"));
    var gets =
        Stream.of("jsonp?c=f", "eventsource", "htmlfile?c=f", "websocket")
            .map(name -> new Sent(HttpMethod.GET, sockJs(session, name), ""));
    var others =
        Stream.of(
            new Sent(HttpMethod.POST, "/events/a/1", "[]"),
            new Sent(HttpMethod.POST, "/events/a/1/progress", "[]"),
            new Sent(HttpMethod.PUT, "/events/a/1/failure", "{\"code\":1,\"message\":\"m\"}"),
            new Sent(HttpMethod.GET, "/events/a/1?timeout=1", ""),
            new Sent(HttpMethod.GET, "/events/a?any=1&timeout=1", ""),
            new Sent(HttpMethod.GET, "/events/a/1/stream?timeout=1", ""),
            new Sent(HttpMethod.OPTIONS, "/events/a/1", ""),
            new Sent(HttpMethod.GET, "/eventbus/info", ""),
            new Sent(HttpMethod.OPTIONS, "/eventbus/info", ""),
            new Sent(HttpMethod.GET, "/eventbus/websocket", ""),
            new Sent(HttpMethod.GET, "/socket", ""),
            new Sent(HttpMethod.GET, "/health", ""),
            new Sent(HttpMethod.GET, "/openapi.json", ""));
    return Stream.of(transports, gets, others).flatMap(each -> each).toList();
  }

  private static String sockJs(String session, String transport) {
    return "/eventbus/000/" + session + "/" + transport;
  }

  private static Http.Reply send(Http http, Sent sent, String... headers) {
    return result(http.send(sent.method, sent.path, sent.body, headers));
  }

  private static void assertRefused(Http.Reply reply, Sent sent) {
    assertThat(reply.status()).as("%s", sent).isEqualTo(403);
    assertThat(reply.detail()).as("%s", sent).contains("must be ");
    assertThat(reply.headers().names())
        .as("%s", sent)
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("allow-"));
  }

  private static void assertNoUpgrade(Http http, String path, String origin) {
    assertThat(failure(http.connect(path, "Origin", origin)))
        .as(path)
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            rejected -> assertThat(rejected.getStatus()).isEqualTo(403));
  }

  @Test
  void noPageOfAnotherOriginUsesAnythingByDefault(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var origin : List.of(EVIL, "null", "https://127.0.0.1", "http://127.0.0.1:1")) {
      ways("x").forEach(sent -> assertRefused(send(http, sent, "Origin", origin), sent));
      WEB_SOCKETS.forEach(path -> assertNoUpgrade(http, path, origin));
    }
    assertThat(http.get(RETAINED + "&timeout=300").status()).isEqualTo(504);
  }

  @Test
  void theOwnOriginAndWhoIsNoPageUseAll(Server server) {
    server.deploy();
    var http = new Http(server);
    var own = "http://127.0.0.1:" + http.port();
    var proxied = "https://127.0.0.1:" + http.port(); // by something that ends the TLS
    for (var headers :
        new String[][] {
          {},
          {"Origin", own},
          {"Origin", proxied},
          {"Sec-Fetch-Site", "same-origin"},
          {"Sec-Fetch-Site", "none"},
          {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}
        }) {
      assertThat(http.post("/events/a/1", "[]", headers).status()).isEqualTo(202);
      assertThat(http.get("/eventbus/info", headers).status()).isEqualTo(200);
      for (var path : WEB_SOCKETS) {
        result(result(http.connect(path, headers)).close());
      }
    }
  }

  @Test
  void behindAProxyWithoutAPortItIsTheHostOfTheRequest(Server server) {
    server.deploy();
    var http = new Http(server);
    var host = new String[] {"Host", "api.example", "Origin", "https://api.example"};
    assertThat(http.post("/events/a/1", "[]", host).status()).isEqualTo(202);
    host[1] = "api.example:443";
    assertThat(http.post("/events/a/1", "[]", host).status()).isEqualTo(202);
    host[1] = "other.example";
    assertThat(http.post("/events/a/1", "[]", host).detail())
        .isEqualTo(
            "Origin is \"https://api.example\": it must be the server's own, or one that it allows (http.cors)");
  }

  @Test
  void aPageOfAnotherOriginThatSaysSoByFetchMetadataAloneIsRefused(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var site : List.of("cross-site", "same-site")) {
      for (var sent : ways("y")) {
        var script = new String[] {"Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors"};
        assertRefused(send(http, sent, script), sent);
      }
    }
  }

  @Test
  void aPageOfAnAllowedOriginUsesAllWithoutCredentials(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setCors(List.of(FRIEND)));
    var preflight =
        http.ask(
            HttpMethod.OPTIONS,
            "/events/a/1",
            "Origin",
            FRIEND,
            "Access-Control-Request-Method",
            "PUT",
            "Access-Control-Request-Headers",
            "idempotency-key");
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(FRIEND);
    assertThat(preflight.header("Access-Control-Allow-Methods")).contains("PUT");
    assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Idempotency-Key");
    http.post("/events/a/1?retain=10000", "[1]", "Origin", FRIEND).is(202, "{\"receivers\":0}");
    for (var path : List.of(RETAINED, "/eventbus/info", "/health", "/openapi.json")) {
      var reply = http.get(path, "Origin", FRIEND);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.header("Access-Control-Allow-Origin")).as(path).isEqualTo(FRIEND);
      assertThat(reply.header("Access-Control-Allow-Credentials")).as(path).isNull();
      assertThat(reply.header("Access-Control-Expose-Headers").split(","))
          .contains("Location", "Retry-After", "Preference-Applied");
    }
    for (var path : WEB_SOCKETS) {
      result(result(http.connect(path, "Origin", FRIEND)).close());
      assertNoUpgrade(http, path, EVIL);
    }
    ways("z").forEach(sent -> assertRefused(send(http, sent, "Origin", EVIL), sent));
    var own = "http://127.0.0.1:" + http.port();
    assertThat(http.post("/events/a/1", "[]", "Origin", own).status()).isEqualTo(202);
  }

  @Test
  void allOriginsAreAllowedWhereThatIsSaid(Server server) {
    server.deploy();
    var http = new Http(server, new RoutesOptions().setCors(List.of("*")));
    var reply = http.post("/events/a/1", "[]", "Origin", EVIL);
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo("*");
    var info = http.get("/eventbus/info", "Origin", EVIL);
    assertThat(info.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(info.header("Access-Control-Allow-Credentials")).isNull();
    for (var path : WEB_SOCKETS) {
      result(result(http.connect(path, "Origin", EVIL)).close());
    }
  }

  @Test
  void noPageOfOursIsThereToBeFramed(Server server) {
    server.deploy();
    var http = new Http(server);
    for (var page : List.of("/eventbus/iframe.html", "/eventbus/iframe-1.0.html")) {
      assertThat(http.get(page).status()).isEqualTo(404);
    }
  }

  @Test
  void anOriginIsAsBrowsersWriteIt() {
    var options = new RoutesOptions();
    options.setCors(List.of("HTTPS://App.Example:443", "http://[::1]:80", "http://a:443"));
    assertThat(options.getCors())
        .containsExactly("https://app.example", "http://[::1]", "http://a:443");
    for (var wrong :
        List.of("app.example", "https://a/", "https://*.a", "null", "https://u@a", "*:80", "")) {
      assertThatThrownBy(() -> options.setCors(List.of(wrong)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "http.cors is \"%s\": it must be an origin, for example \"https://app.example:8443\", or \"*\"",
              wrong);
    }
    for (var port : List.of("0", "65536")) {
      assertThatThrownBy(() -> options.setCors(List.of("https://a:" + port)))
          .hasMessage("http.cors's port is \"%s\": it must be an integer from 1 to 65535", port);
    }
  }
}
