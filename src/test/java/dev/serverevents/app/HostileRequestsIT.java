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

  private static String get(String url, String path) {
    return RawHttp.ask(
        url, "GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close", "");
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
  void aRequestThatAProxyMightReadInAnotherWayIsRefused() {
    try (var server = ServerProcess.start(API)) {
      var url = server.url();
      var close = "Connection: close";
      var get = "GET /health HTTP/1.1";
      var post = "POST /events/a/1 HTTP/1.1";
      var host = "Host: localhost";
      for (var answer :
          new String[] {
            RawHttp.ask(url, get, host, "Host: evil.example", close, ""),
            RawHttp.ask(url, get, host, host, close, ""),
            RawHttp.ask(
                url, post, host, close, "Transfer-Encoding:", " chunked", "", "2", "[]", "0", "")
          }) {
        assertThat(answer)
            .startsWith("HTTP/1.1 400 ")
            .containsIgnoringCase("content-type: application/problem+json")
            .contains("\"detail\":");
      }
      for (var refusedByVertx :
          new String[] {
            RawHttp.ask(url, get, close, ""),
            RawHttp.ask(
                url, post, host, close, "Transfer-Encoding: x", "\tchunked", "", "2", "[]", "0", "")
          }) {
        assertThat(refusedByVertx).startsWith("HTTP/1.1 400 ");
      }
      var twoCodings = "Transfer-Encoding: gzip, chunked";
      var keeping = "POST /events/a/2?retain=60000 HTTP/1.1";
      for (var refused : List.of(List.of(twoCodings, "", "2", "[]", "0"), List.of(host))) {
        var lines = new ArrayList<>(List.of(post, host));
        lines.addAll(refused);
        lines.addAll(List.of("", keeping, host, close, "Content-Length: 2", "", "[]"));
        assertThat(RawHttp.ask(url, lines.toArray(String[]::new)))
            .startsWith("HTTP/1.1 400 ")
            .doesNotContain("202 Accepted");
      }
      assertThat(get(url, "/events/a/2?retained=true&timeout=300")).startsWith("HTTP/1.1 504 ");
      assertThat(RawHttp.ask(url, get, host, close, "")).startsWith("HTTP/1.1 200 ");
      assertThat(
              RawHttp.ask(
                  url, post, host, close, "Transfer-Encoding: chunked", "", "2", "[]", "0", ""))
          .startsWith("HTTP/1.1 202 ");
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
