package dev.serverevents.app;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.serverevents.testing.RawHttp;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests that are made to harm, against the runnable jar. */
class HostileRequestsIT {

  private static final Map<String, String> API =
      Map.of("SERVER_EVENTS_HTTP_PORT", "0", "SERVER_EVENTS_ROLES", "api");
  private static final int FLOOD = 2_000;
  private static final int IN_ONE_GO = 100;
  private static final Pattern METHOD = Pattern.compile("method=\"([^\"]*)\"");

  private static final String GET = "GET /health HTTP/1.1";
  private static final String POST = "POST /events/a/1 HTTP/1.1";
  private static final String HOST = "Host: localhost";
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final String TOO_LONG = "x".repeat(9_000);

  /** Requests that are no HTTP, or that a proxy before this server might read in another way. */
  private static final String[][] MALFORMED = {
    {GET, ""},
    {POST, "Content-Length: 2", "", "[]"},
    {GET, "Host: a b", ""},
    {GET, "Host: a:99999", ""},
    {GET, "Host: user@localhost", ""},
    {GET, "Host:", " localhost", ""},
    {GET, HOST, HOST, ""},
    {GET, HOST, "Host: evil.example", ""},
    {"GET /health HTTP/1.0", "Connection: keep-alive", HOST, HOST, ""},
    {"GET /health HTTP/1.0", "Connection: keep-alive", "Host: a b", ""},
    {"GET http://evil.example/health HTTP/1.1", HOST, ""},
    {"GET HTTP://evil.example?localhost HTTP/1.1", HOST, ""},
    {POST, HOST, "Content-Length: 2", "Content-Length: 3", "", "[]"},
    {POST, HOST, "Content-Length: 2", "Content-Length: 2", "", "[]"},
    {POST, HOST, "Content-Length: 2, 2", "", "[]"},
    {POST, HOST, "Content-Length: +2", "", "[]"},
    {POST, HOST, "Content-Length: -2", "", "[]"},
    {POST, HOST, "Content-Length: 0x2", "", "[]"},
    {POST, HOST, "Content-Length:", "", "[]"},
    {POST, HOST, "Content-Length:", " 2", "", "[]"},
    {POST, HOST, "Content-Length : 2", "", "[]"},
    {POST, HOST, "Content-Length: 99999999999999999999", "", "[]"},
    {POST, HOST, "Content-Length: 2", CHUNKED, "", "2", "[]", "0", ""},
    {POST, HOST, CHUNKED, "Content-Length: 2", "", "2", "[]", "0", ""},
    {POST, HOST, CHUNKED, CHUNKED, "", "2", "[]", "0", ""},
    {POST, HOST, "Transfer-Encoding:", " chunked", "", "2", "[]", "0", ""},
    {POST, HOST, "Transfer-Encoding: x", "\tchunked", "", "2", "[]", "0", ""},
    {POST, HOST, "Transfer-Encoding: gzip, chunked", "", "2", "[]", "0", ""},
    {POST, HOST, "Transfer-Encoding: xchunked", "", "2", "[]", "0", ""},
    {POST, HOST, "Transfer-Encoding: \u000bchunked", "", "2", "[]", "0", ""},
    {POST, HOST, "Transfer-Encoding: identity", "", ""},
    {POST, HOST, "X: y\nTransfer-Encoding: chunked", "", "0", ""},
    {"POST /events/a/1 HTTP/1.0", "Connection: keep-alive", CHUNKED, "", "2", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "ZZ", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "-2", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "0x2", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "100000002", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "10000000000000002", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "2;a\nb", "[]", "0", ""},
    {POST, HOST, CHUNKED, "", "2\n[]", "0", ""},
    {POST, HOST, CHUNKED, "", "2", "[]\n0", ""},
    {POST, HOST, CHUNKED, "", "2", "[]x", "0", ""},
    {POST, HOST, CHUNKED, "", "2", "[]", "0", "X y: z", ""},
    {GET, " X: folded", HOST, ""},
    {GET, HOST, "no colon", ""},
    {GET, HOST, ": no name", ""},
    {GET, HOST, "X Y: z", ""},
    {GET, HOST, "X : y", ""},
    {GET, HOST, "X(: y", ""},
    {GET, HOST, "X\0: y", ""},
    {GET, HOST, "X: \0", ""},
    {GET, HOST, "X: \u0001", ""},
    {GET, HOST, "X: a\rContent-Length: 5", ""},
    {GET + "\n" + HOST, ""},
    {GET, HOST + "\n"},
    {GET, HOST, "X: " + TOO_LONG, ""},
    {"GET /" + TOO_LONG + " HTTP/1.1", HOST, ""},
    {TOO_LONG + " / HTTP/1.1", HOST, ""},
    {"G(T /health HTTP/1.1", HOST, ""},
    {"G\0T /health HTTP/1.1", HOST, ""},
    {"GET /hea lth HTTP/1.1", HOST, ""},
    {"GET /health\0 HTTP/1.1", HOST, ""},
    {"GET /health HTTP/1", HOST, ""},
    {"GET /health", ""},
    {"GET /health"}
  };

  private static String get(String url, String path) {
    return ask(url, "GET", path);
  }

  private static String ask(String url, String method, String path) {
    return RawHttp.ask(url, method + " " + path + " HTTP/1.1", HOST, "Connection: close", "");
  }

  /** Sends a request for each number, as many in one go as Vert.x takes on one connection. */
  private static void flood(String url, String request) {
    for (var first = 0; first < FLOOD; first += IN_ONE_GO) {
      var lines = new ArrayList<String>();
      for (var i = first; i < first + IN_ONE_GO; i++) {
        lines.add(request.replace("#", String.valueOf(i)) + " HTTP/1.1");
        lines.add("Host: localhost");
        lines.add(i == first + IN_ONE_GO - 1 ? "Connection: close" : "X-Number: " + i);
        lines.add("");
      }
      RawHttp.ask(url, lines.toArray(String[]::new));
    }
  }

  private static List<String> series(String url, String meter) {
    return get(url, "/metrics").lines().filter(line -> line.startsWith(meter)).toList();
  }

  @Test
  void methodsThatClientsInventMakeNoSeries() {
    try (var server = ServerProcess.start(API)) {
      flood(server.url(), "M# /events/a/1");
      var methods =
          series(server.url(), "vertx_http").stream()
              .flatMap(line -> METHOD.matcher(line).results().map(method -> method.group(1)))
              .distinct();
      assertThat(methods).contains("GET", "other").hasSizeLessThan(9);
      assertThat(series(server.url(), "vertx_http_server_requests_total"))
          .anyMatch(line -> line.contains("\"other\"") && line.endsWith(" " + FLOOD + ".0"));
    }
  }

  @Test
  void namesForWhichNothingCameMakeNoSeriesAndPushNoRealOneOut() {
    try (var server = ServerProcess.start(API)) {
      var url = server.url();
      flood(url, "GET /events/junk#/1?timeout=1");
      flood(url, "POST /events/junk#/1");
      flood(url, "GET /events/$junk#/1");
      assertThat(get(url, "/events/real/1?timeout=1")).contains("\"status\":50");
      var emit = "POST /events/real/1?retain=60000 HTTP/1.1";
      RawHttp.ask(url, emit, "Host: localhost", "Connection: close", "");
      assertThat(get(url, "/events/real/1?retained=true")).contains("200 OK");
      assertThat(series(url, "server_events_time_to_result_seconds_count"))
          .containsExactlyInAnyOrder(
              "server_events_time_to_result_seconds_count{name=\"other\"} 0",
              "server_events_time_to_result_seconds_count{name=\"real\"} 1");
      // A wait of 1 ms is told in time, or that it was not heard all the time
      assertThat(
              series(url, "server_events_waits_total{").stream()
                  .filter(line -> line.contains("name=\"other\""))
                  .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                  .sum())
          .isEqualTo(FLOOD + 1);
      assertThat(series(url, "server_events_waits_total{cause=\"result\",name=\"real\""))
          .singleElement(as(STRING))
          .endsWith(" 1.0");
    }
  }

  @Test
  void nothingIsDoneThatComesBehindARequestThatIsMalformed() {
    try (var server = ServerProcess.start(API)) {
      for (var malformed : MALFORMED) {
        var lines = new ArrayList<>(List.of(malformed));
        lines.addAll(List.of("POST /events/a/2?retain=60000 HTTP/1.1", HOST, "Connection: close"));
        lines.addAll(List.of("Content-Length: 2", "", "[]"));
        assertThat(RawHttp.ask(server.url(), lines.toArray(String[]::new)))
            .as(String.join("\n", malformed))
            .startsWith("HTTP/1.")
            .containsPattern("^HTTP/1.. 4")
            .containsOnlyOnce("HTTP/1.")
            .containsIgnoringCase("content-type: application/problem+json")
            .contains("\"detail\":");
      }
      assertThat(get(server.url(), "/events/a/2?retained=true&timeout=300"))
          .startsWith("HTTP/1.1 504 ");
    }
  }

  @Test
  void whatIsWellFormedIsDoneAndWhatComesBehindItToo() {
    try (var server = ServerProcess.start(API)) {
      for (var wellFormed :
          new String[][] {
            {POST, HOST, "Content-Length: 2", "", "[]GET /health HTTP/1.1"},
            {POST, HOST, "Transfer-Encoding: CHUNKED", "", "2;a=b", "[]", "0", "X: y", "", GET},
            {"GET http://LocalHost/health HTTP/1.1", HOST, "X: folded", " once", "", GET},
            {"GET /health HTTP/1.0", "Connection: keep-alive", "", GET},
            {"POST /nowhere HTTP/1.1", HOST, "Content-Length: 2", "", "[]GET /health HTTP/1.1"}
          }) {
        var lines = new ArrayList<>(List.of(wellFormed));
        lines.addAll(List.of(HOST, "Connection: close", ""));
        assertThat(RawHttp.ask(server.url(), lines.toArray(String[]::new)))
            .as(String.join("\n", wellFormed))
            .contains("{\"status\":\"UP\"}");
      }
    }
  }

  @Test
  void everyPathOfTheServerItselfSaysWhatItAllows() {
    var both = Map.of("SERVER_EVENTS_HTTP_PORT", "0", "SERVER_EVENTS_ROLES", "api,demo");
    try (var server = ServerProcess.start(both)) {
      for (var path : List.of("/", "/metrics")) {
        var head = ask(server.url(), "HEAD", path);
        assertThat(head).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
        for (var method : List.of("POST", "PUT", "DELETE", "X")) {
          assertThat(ask(server.url(), method, path))
              .startsWith("HTTP/1.1 405 ")
              .containsIgnoringCase("\r\nallow: GET, HEAD, OPTIONS\r\n");
        }
        assertThat(ask(server.url(), "OPTIONS", path))
            .startsWith("HTTP/1.1 204 ")
            .containsIgnoringCase("\r\nallow: GET, HEAD, OPTIONS\r\n");
      }
      assertThat(ask(server.url(), "GET", "/demo/pi"))
          .startsWith("HTTP/1.1 405 ")
          .containsIgnoringCase("\r\nallow: POST, OPTIONS\r\n");
    }
  }

  @Test
  void noNameForgesALineOfTheLogOrDrivesATerminal() {
    try (var server = ServerProcess.start(API)) {
      var hostile = "x%0aINFO%20forged%0d%1b[31m%7f%c2%9b2J%e2%80%a8%e2%80%ae";
      get(server.url(), "/events/" + hostile + "/a%0ab?timeout=1");
      get(server.url(), "/events/y/" + hostile + "/stream?timeout=1");
      server.awaitOutput("stream?timeout=1");
      assertPrintable(server.output());
      assertThat(server.output().lines())
          .noneMatch(line -> line.startsWith("INFO forged"))
          .anyMatch(line -> line.contains("name=x\\u000aINFO forged\\u000d\\u001b[31m"));
    }
  }

  @Test
  void everyLineOfALogOfJsonIsAnObjectWithoutAControlCharacter() {
    var environment = Map.of("SERVER_EVENTS_LOG", "json", "SERVER_EVENTS_HTTP_PORT", "0");
    try (var server = ServerProcess.start(environment)) {
      get(server.url(), "/events/x%7f%c2%9b%e2%80%a8/a%0ab?timeout=1");
      server.awaitOutput("a%0ab?timeout=1");
      assertPrintable(server.output());
      var logged =
          lines(server.output())
              .map(JsonObject::new)
              .map(line -> line.getJsonObject("mdc"))
              .filter(mdc -> mdc.containsKey("name"))
              .toList();
      assertThat(logged)
          .containsOnly(
              new JsonObject().put("name", "x\\u007f\\u009b\\u2028").put("id", "a\\u000ab"));
    }
  }

  private static Stream<String> lines(String output) {
    return output.lines().filter(line -> line.startsWith("{"));
  }

  private static void assertPrintable(String output) {
    assertThat(output.lines())
        .allSatisfy(
            line ->
                assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t]]"));
  }
}
