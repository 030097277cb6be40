package dev.serverevents.testing;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Hostile requests, made at random from the OpenAPI document: each of its paths and methods, with
 * good and hostile parameters, headers, bodies and encodings; messages for its sockets; and bytes
 * that are no HTTP at all.
 */
public final class HostileRequests {

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

  private static final Pattern STATUS = Pattern.compile("\\b[45][0-9]{2}\\b");

  private static final List<String> FIELDS =
      List.of(
          "type",
          "name",
          "id",
          "args",
          "timeout",
          "retain",
          "follow",
          "retained",
          "ref",
          "failure",
          "progress",
          "idempotencyKey",
          "address",
          "replyAddress",
          "headers",
          "body");

  private static final List<String> TYPES =
      List.of(
          "subscribe",
          "unsubscribe",
          "emit",
          "send",
          "publish",
          "register",
          "unregister",
          "ping",
          "x");

  private static final List<String> ADDRESSES =
      List.of("server-events.on", "server-events.emit", "server-events.stream", "other", "$x");

  /** One route of the document. */
  private record Operation(String path, HttpMethod method, Set<Integer> statuses) {}

  /**
   * A request.
   *
   * @param statuses what the document says may answer it; where it may be of another route, what it
   *     says of any
   */
  public record Request(HttpMethod method, String url, String body, Set<Integer> statuses) {}

  private final Random random;
  private final String key;
  private final List<Operation> operations;

  /** All statuses of the document. */
  private final Set<Integer> anywhere = new TreeSet<>();

  /** Creates those of a seed, most of them with an API key. */
  public HostileRequests(long seed, String key, JsonObject document) {
    random = new Random(seed);
    this.key = key;
    operations = operations(document);
    operations.forEach(operation -> anywhere.addAll(operation.statuses));
  }

  private static List<Operation> operations(JsonObject document) {
    var all = new ArrayList<Operation>();
    var ofAny =
        STATUS
            .matcher(document.getJsonObject("info").getString("description"))
            .results()
            .map(status -> Integer.valueOf(status.group()))
            .toList();
    var paths = document.getJsonObject("paths");
    for (var path : paths.fieldNames()) {
      for (var method : paths.getJsonObject(path).fieldNames()) {
        if (!method.equals("parameters")) {
          var statuses = statuses(paths.getJsonObject(path), method);
          statuses.addAll(ofAny);
          var name = method.toUpperCase(Locale.ROOT);
          all.add(new Operation(path, HttpMethod.valueOf(name), statuses));
        }
      }
    }
    return all;
  }

  /** A HEAD is answered as the GET of the same path; "default" is a failure's own code. */
  private static Set<Integer> statuses(JsonObject path, String method) {
    var statuses = new TreeSet<Integer>();
    for (var name : method.equals("head") ? List.of("head", "get") : List.of(method)) {
      for (var status : path.getJsonObject(name).getJsonObject("responses").fieldNames()) {
        if (status.equals("default")) {
          IntStream.range(400, 600).forEach(statuses::add);
        } else {
          statuses.add(Integer.valueOf(status));
        }
      }
    }
    return statuses;
  }

  /** One of a list. */
  public synchronized <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** True once in so many times. */
  public synchronized boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private static boolean isRaw(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 127);
  }

  private String encoded(String text) {
    return oneIn(8) && isRaw(text)
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

  /** Makes the next one. */
  public synchronized Request request() {
    var operation = any(operations);
    var method =
        oneIn(10)
            ? any(List.of(HttpMethod.DELETE, HttpMethod.PATCH, HttpMethod.TRACE, HttpMethod.PUT))
            : operation.method;
    var path = operation.path.replace("{name}", segment()).replace("{id}", segment());
    if (oneIn(20)) {
      path += "/" + segment();
    }
    var query =
        List.of("timeout", "retained", "retain", "any", "all", "min", "follow").stream()
            .filter(parameter -> oneIn(2))
            .map(parameter -> parameter + "=" + encoded(value(parameter)))
            .collect(Collectors.joining("&"));
    var isOfRoute = method.equals(operation.method) && isOf(operation.path, path);
    return new Request(
        method,
        query.isEmpty() ? path : path + "?" + query,
        any(BODIES),
        isOfRoute ? operation.statuses : anywhere);
  }

  /** Tells whether a path is surely one of a template: plain words for its parameters. */
  private static boolean isOf(String template, String path) {
    return path.matches(template.replaceAll("\\{\\w+}", "[a-z0-9]+"));
  }

  /** Headers for a request. */
  public synchronized MultiMap headers() {
    var headers = MultiMap.caseInsensitiveMultiMap();
    if (!oneIn(10)) {
      headers.set("X-API-Key", key);
    }
    HEADERS.forEach(
        (name, values) -> {
          if (oneIn(6)) {
            headers.add(name, any(values));
          }
        });
    return headers;
  }

  /** A message for a WebSocket: of ours, of the SockJS bridge, or of neither. */
  public synchronized String message() {
    if (oneIn(4)) {
      return any(BODIES);
    }
    var message = new JsonObject();
    FIELDS.stream().filter(field -> oneIn(2)).forEach(field -> message.put(field, part(field)));
    return message.encode();
  }

  private Object part(String field) {
    if (oneIn(6)) {
      return any(TEXTS);
    }
    return switch (field) {
      case "type" -> any(TYPES);
      case "address" -> any(ADDRESSES);
      case "name", "id" -> any(List.of("a", "b", "c"));
      case "timeout", "retain" -> 1 + random.nextInt(50);
      case "follow", "retained", "progress" -> random.nextBoolean();
      case "failure" -> new JsonObject().put("code", 422).put("message", "no");
      case "body" ->
          new JsonObject().put("name", any(TEXTS)).put("id", 1).put("timeout", 20).put("args", "x");
      default -> any(TEXTS);
    };
  }

  /** Bytes that are no HTTP, or hardly: the server may close the connection. */
  public synchronized Buffer bytes() {
    var bytes = Buffer.buffer();
    if (oneIn(2)) {
      var line = any(List.of("GET", "POST", "X", "")) + " " + any(TEXTS);
      bytes.appendString(line + any(List.of(" HTTP/1.1", " HTTP/9.9", "", " HTTP/2.0")));
      bytes.appendString("\r\nHost: a\r\n");
      bytes.appendString(
          any(
              List.of(
                  "\r\n",
                  "Content-Length: -1\r\n\r\n",
                  "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                  "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                  "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                  "X: " + "y".repeat(20_000) + "\r\n\r\n",
                  ": \r\n\r\n")));
    } else {
      IntStream.range(0, 200).forEach(i -> bytes.appendByte((byte) random.nextInt(256)));
    }
    return bytes;
  }
}
