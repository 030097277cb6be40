package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.bus.Sha256;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.Http.Reply;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Hostile requests, made from the OpenAPI document: each of its paths and methods, with good and
 * hostile parameters, headers, bodies and encodings, and bytes that are no HTTP at all. Nobody gets
 * an error of ours or a stack trace, and nothing is left behind.
 */
@ExtendWith(ServerExtension.class)
class FuzzIT {

  private static final int REQUESTS = 20_000;
  private static final int RAW = 2_000;
  private static final int AT_ONCE = 64;
  private static final String KEY = "the key";
  private static final long STREAM_MS = 200;

  private static final List<String> TEXTS =
      List.of(
          "a",
          "1",
          "é€😀",
          "a b",
          "%",
          "%00",
          "%zz",
          "..",
          "../..",
          "/",
          "//",
          "\\",
          ".",
          "*",
          ":",
          "a:b",
          "$",
          "$inbox:x",
          "$progress",
          "{}",
          "[]",
          "null",
          "true",
          "-1",
          "0",
          "1e9",
          "NaN",
          "99999999999999999999",
          "\"",
          "'",
          "<script>",
          "${jndi:ldap://x}",
          "' OR 1=1",
          ";",
          "?",
          "#",
          "&",
          "=",
          "\t",
          "\r\nX: y",
          "\u0000",
          "\uFEFF",
          "x".repeat(513),
          "x".repeat(3_000));

  private static final List<String> BODIES =
      List.of(
          "",
          "[]",
          "[1,\"a\",{\"b\":null}]",
          "{}",
          "null",
          "1",
          "\"a\"",
          "[",
          "]",
          "{\"a\":",
          "\u0000",
          "NaN",
          "[NaN]",
          "1e999",
          "[".repeat(5_000),
          "[" + "1,".repeat(2_000) + "1]",
          "{\"code\":422,\"message\":\"m\"}",
          "{\"code\":\"x\"}",
          "{\"code\":1e99,\"message\":\"\"}",
          "{\"code\":503,\"message\":\"m\",\"detail\":[[[]]]}",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "{\"$failure\":{\"code\":1}}",
          "[{\"$failure\":1}]",
          "[1] [2]",
          "\uFEFF[1]",
          "\"" + "x".repeat(3_000) + "\"",
          "99999999999999999999999999",
          "0.1e-400");

  private static final Map<String, List<String>> HEADERS =
      Map.of(
          "Prefer",
              List.of("wait=0", "wait=1", "respond-async, wait=0", "wait=x", ",;=\"", "wait=-1"),
          "Idempotency-Key", List.of("k", "\"k\"", "", "\"", " ", "x".repeat(300), "é"),
          "Last-Event-ID", List.of("", "timeout", "result-x", "progress-1", "x".repeat(2_000)),
          "Content-Type",
              List.of(
                  "application/json",
                  "text/plain",
                  "multipart/form-data",
                  "x/y; charset=utf-16",
                  "application/x-www-form-urlencoded",
                  ""),
          "Content-Encoding", List.of("gzip", "br", "identity"),
          "Accept", List.of("*/*", "text/event-stream", "nothing/here", ",,,"),
          "Accept-Encoding", List.of("gzip", "*;q=0", "x"),
          "Expect", List.of("100-continue"),
          "Origin", List.of("null", "https://evil.example"),
          "Upgrade", List.of("websocket", "h2c", "x"));

  /** One route of the document. */
  private record Operation(String path, HttpMethod method, List<String> query) {}

  private static List<Operation> operations(JsonObject document) {
    var all = new ArrayList<Operation>();
    var paths = document.getJsonObject("paths");
    for (var path : paths.fieldNames()) {
      for (var method : paths.getJsonObject(path).fieldNames()) {
        if (!method.equals("parameters")) {
          all.add(
              new Operation(
                  path,
                  HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)),
                  List.of("timeout", "retained", "retain", "any", "follow")));
        }
      }
    }
    return all;
  }

  /** Makes one request after another. */
  private static final class Hostile {
    final Random random;
    final List<Operation> operations;

    Hostile(long seed, List<Operation> operations) {
      random = new Random(seed);
      this.operations = operations;
    }

    synchronized <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    synchronized boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    private String encoded(String text) {
      return oneIn(8) && text.chars().allMatch(c -> c > ' ' && c < 127)
          ? text
          : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String segment() {
      return encoded(oneIn(3) ? any(TEXTS) : any(List.of("a", "b", "c")));
    }

    private String value(String parameter) {
      return switch (parameter) {
        case "timeout" -> oneIn(4) ? any(TEXTS) : String.valueOf(1 + random.nextInt(20));
        case "retain" -> oneIn(4) ? any(TEXTS) : "50";
        case "retained", "follow" -> oneIn(4) ? any(TEXTS) : any(List.of("true", "false"));
        default -> oneIn(4) ? any(TEXTS) : "1,2,3";
      };
    }

    String url(Operation operation) {
      var url = operation.path.replace("{name}", segment()).replace("{id}", segment());
      if (oneIn(20)) {
        url += "/" + segment();
      }
      var query =
          operation.query.stream()
              .filter(parameter -> oneIn(2))
              .map(parameter -> parameter + "=" + encoded(value(parameter)))
              .collect(Collectors.joining("&"));
      return query.isEmpty() ? url : url + "?" + query;
    }

    HttpMethod method(Operation operation) {
      return oneIn(10)
          ? any(List.of(HttpMethod.DELETE, HttpMethod.PATCH, HttpMethod.TRACE, HttpMethod.PUT))
          : operation.method;
    }

    MultiMap headers() {
      var headers = MultiMap.caseInsensitiveMultiMap();
      if (!oneIn(10)) {
        headers.set("X-API-Key", KEY);
      }
      HEADERS.forEach(
          (name, values) -> {
            if (oneIn(6)) {
              headers.add(name, any(values));
            }
          });
      return headers;
    }
  }

  private static RoutesOptions options() {
    var hash = Sha256.hex(KEY.getBytes(StandardCharsets.UTF_8));
    var all = new JsonArray().add("*");
    var key =
        new JsonObject().put("name", "k").put("sha256", hash).put("wait", all).put("emit", all);
    return new RoutesOptions(
        new JsonObject()
            .put("maxBody", 2_000)
            .put("maxWait", 100)
            .put("keys", new JsonArray().add(key)));
  }

  /** A request, and its reply, or null where the connection was closed. */
  private record Exchange(HttpMethod method, String url, Reply reply) {}

  /** Sends one; a stream is left after a while. */
  private static Future<Exchange> send(Server server, Http http, Hostile hostile) {
    var operation = hostile.any(hostile.operations);
    var body = hostile.any(BODIES);
    var url = hostile.url(operation);
    var method = hostile.method(operation);
    return http.request(method, url)
        .compose(
            request -> {
              request.headers().addAll(hostile.headers());
              return request
                  .send(Buffer.buffer(body))
                  .compose(
                      response -> {
                        var whole = Promise.<Buffer>promise();
                        response.body().onSuccess(whole::tryComplete).onFailure(whole::tryFail);
                        var timer =
                            server
                                .vertx()
                                .setTimer(
                                    STREAM_MS,
                                    late -> {
                                      if (whole.tryComplete(Buffer.buffer())) {
                                        request.reset();
                                      }
                                    });
                        return whole
                            .future()
                            .map(all -> Reply.of(response, all))
                            .onComplete(done -> server.vertx().cancelTimer(timer));
                      });
            })
        .otherwise((Reply) null)
        .map(reply -> new Exchange(method, url, reply));
  }

  /** Bytes that are no HTTP, or hardly: the server may close the connection. */
  private static Future<Object> raw(NetClient client, int port, Hostile hostile) {
    var bytes = Buffer.buffer();
    if (hostile.oneIn(2)) {
      var line = hostile.any(List.of("GET", "POST", "X", "")) + " " + hostile.any(TEXTS);
      bytes.appendString(line + hostile.any(List.of(" HTTP/1.1", " HTTP/9.9", "", " HTTP/2.0")));
      bytes.appendString("\r\nHost: a\r\n");
      bytes.appendString(
          hostile.any(
              List.of(
                  "\r\n",
                  "Content-Length: -1\r\n\r\n",
                  "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                  "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                  "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                  "X: " + "y".repeat(20_000) + "\r\n\r\n",
                  ": \r\n\r\n")));
    } else {
      IntStream.range(0, 200).forEach(i -> bytes.appendByte((byte) hostile.random.nextInt(256)));
    }
    return client
        .connect(port, "127.0.0.1")
        .compose(
            socket -> {
              var answer = Promise.<Object>promise();
              socket.handler(part -> answer.tryComplete(part.toString()));
              socket.closeHandler(closed -> answer.tryComplete(""));
              socket.write(bytes).onFailure(gone -> answer.tryComplete(""));
              return answer
                  .future()
                  .timeout(STREAM_MS, TimeUnit.MILLISECONDS)
                  .otherwise("")
                  .onComplete(done -> socket.close());
            });
  }

  private static void assertControlled(Exchange exchange) {
    var reply = exchange.reply;
    var ofJob =
        exchange.method.equals(HttpMethod.HEAD)
            ? reply.status() == 502
            : reply.body().contains("\"code\":");
    assertThat(reply.status() < 500 || reply.status() == 503 || reply.status() == 504 || ofJob)
        .as("%d %s", reply.status(), reply.body())
        .isTrue();
    assertThat(reply.body()).doesNotContain("\tat ", "dev.serverevents", "io.vertx", "java.lang");
    if (reply.status() >= 400 && !reply.body().isEmpty() && exchange.url.startsWith("/events")) {
      assertThat(reply.header("content-type"))
          .as("%d %s", reply.status(), reply.body())
          .isEqualTo("application/problem+json");
    }
  }

  @Test
  void nothingHostileBreaksIt(Server server) {
    server.deploy(server.options().setTimeout(20));
    var http = new Http(server, options());
    var document = http.get("/openapi.json").json();
    var seed = Long.getLong("seed", new Random().nextLong());
    System.out.println("FuzzIT: -Dseed=" + seed);
    var hostile = new Hostile(seed, operations(document));
    var all = InFlight.run(REQUESTS, AT_ONCE, i -> send(server, http, hostile));
    var answered = all.stream().filter(exchange -> exchange.reply != null).toList();
    answered.forEach(FuzzIT::assertControlled);
    var statuses = new TreeMap<Integer, Long>();
    answered.forEach(exchange -> statuses.merge(exchange.reply.status(), 1L, Long::sum));
    Figures.print("of %,d requests by status: %s".formatted(REQUESTS, statuses));
    assertThat(statuses).containsKeys(200, 202, 204, 400, 401, 404, 405, 413, 504);
    var raw = server.vertx().createNetClient();
    InFlight.run(RAW, AT_ONCE, i -> raw(raw, http.port(), hostile))
        .forEach(answer -> assertThat(answer.toString()).doesNotContain("\tat ", "Exception"));
    result(raw.close());
    assertThat(http.post("/events/after/1", "[]", "X-API-Key", KEY).status()).isEqualTo(202);
  }
}
