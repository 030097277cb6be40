package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.internal.Sha256;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The files of the console: who gets them, with which headers, and what they may be. */
@ExtendWith(VertxExtension.class)
class ConsoleRoutesTest {

  private static final Path FILES = Path.of("src/main/resources/dev/serverevents/web/console");
  private static final int MOST_BYTES = 60_000;

  /** Code or style that stands in HTML, or that a script writes there. */
  private static final Pattern INLINE =
      Pattern.compile(
          "<style|\\sstyle=|\\son\\w+=\"|<script>|javascript:|innerHTML|outerHTML|insertAdjacentHTML"
              + "|document\\.write|\\beval\\(|new Function|'style'");

  private static final Pattern ELSEWHERE = Pattern.compile("(?:https?:)?//[\\w.-]+\\.\\w+");
  private static final Pattern USED =
      Pattern.compile("(?:src|href)=\"([\\w-]+\\.\\w+)\"|from '\\./([\\w-]+\\.js)'");

  private Vertx vertx;
  private HttpClient client; // which ends when nothing refers to it
  private int port;

  @BeforeEach
  void take(Vertx ofThisTest) {
    vertx = ofThisTest;
    client = vertx.createHttpClient();
    port = listen(new RoutesOptions());
  }

  private int listen(RoutesOptions options) {
    var routes = Router.router(vertx);
    ConsoleRoutes.mount(routes, ServerEvents.create(vertx), options);
    var router = Router.router(vertx);
    router.route("/api/*").subRouter(routes);
    Problems.handleErrors(router);
    return result(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
        .actualPort();
  }

  private Http.Reply ask(HttpMethod method, String path, String... headers) {
    return result(
        client
            .request(method, port, "127.0.0.1", "/api" + path)
            .compose(
                request -> {
                  for (var i = 0; i < headers.length; i += 2) {
                    request.putHeader(headers[i], headers[i + 1]);
                  }
                  return request
                      .send()
                      .compose(
                          response -> response.body().map(body -> Http.Reply.of(response, body)));
                }));
  }

  private Http.Reply get(String path, String... headers) {
    return ask(HttpMethod.GET, path, headers);
  }

  private static List<String> files() throws IOException {
    try (var files = Files.list(FILES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String path(String file) {
    return "/console/" + (file.equals("index.html") ? "" : file);
  }

  @Test
  void allFilesTogetherAreSmall() throws IOException {
    var bytes = 0L;
    for (var file : files()) {
      bytes += Files.size(FILES.resolve(file));
    }
    assertThat(bytes).isBetween(10_000L, (long) MOST_BYTES);
  }

  @Test
  void everyFileIsServedAsItIsAndUsed() throws IOException {
    assertThat(files()).contains("index.html", "console.css", "main.js");
    for (var file : files()) {
      var reply = get(path(file));
      assertThat(reply.status()).as(file).isEqualTo(200);
      assertThat(reply.body()).as(file).isEqualTo(Files.readString(FILES.resolve(file)));
      var head = ask(HttpMethod.HEAD, path(file));
      assertThat(head.status()).as(file).isEqualTo(200);
      assertThat(head.header("content-type")).isEqualTo(reply.header("content-type"));
    }
    var used = used().collect(toSet());
    assertThat(files()).allMatch(file -> file.equals("index.html") || used.contains(file));
    assertThat(get("/console/").header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(get("/console/main.js").header("content-type"))
        .isEqualTo("text/javascript; charset=utf-8");
  }

  private static Stream<String> used() throws IOException {
    return texts().stream()
        .flatMap(text -> USED.matcher(text).results())
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1));
  }

  private static List<String> texts() throws IOException {
    var texts = Stream.<String>builder();
    for (var file : files()) {
      texts.add(Files.readString(FILES.resolve(file)));
    }
    return texts.build().toList();
  }

  @Test
  void nothingIsInlineAndNothingIsFromElsewhere() throws IOException {
    for (var text : texts()) {
      assertThat(INLINE.matcher(text).results().map(found -> found.group())).isEmpty();
      var elsewhere = ELSEWHERE.matcher(text).results().map(found -> found.group());
      assertThat(elsewhere.filter(url -> !url.equals("http://www.w3.org"))).isEmpty();
    }
    assertThat(INLINE.matcher("<p style=\"color: red\">").find()).isTrue();
    assertThat(ELSEWHERE.matcher("src=\"//cdn.example.com/x.js\"").find()).isTrue();
  }

  @Test
  void aBrowserIsToldToRunNothingButTheseFiles() throws IOException {
    for (var file : files()) {
      var reply = get(path(file));
      assertThat(Set.of(reply.header("content-security-policy").split("; ")))
          .contains(
              "default-src 'none'",
              "script-src 'self'",
              "style-src 'self'",
              "connect-src 'self'",
              "frame-ancestors 'none'",
              "form-action 'none'",
              "base-uri 'none'",
              "require-trusted-types-for 'script'");
      assertThat(reply.header("content-security-policy")).doesNotContain("unsafe", "*", "data:");
      assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(reply.header("x-frame-options")).isEqualTo("DENY");
      assertThat(reply.header("referrer-policy")).isEqualTo("no-referrer");
      assertThat(reply.header("cache-control")).isEqualTo("no-cache");
    }
  }

  @Test
  void aFileThatABrowserHasIsNotSentAgain() {
    var first = get("/console/main.js");
    var again = get("/console/main.js", "If-None-Match", first.header("etag"));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.header("content-security-policy")).isNotNull();
    assertThat(get("/console/main.js", "If-None-Match", "\"x\"").status()).isEqualTo(200);
  }

  @Test
  void withoutItsLastSlashThePathLeadsToThePage() {
    var reply = get("/console");
    assertThat(reply.status()).isEqualTo(308);
    assertThat(reply.header("location")).isEqualTo("console/");
  }

  @Test
  void whatIsNoFileOfItIsNotFound() {
    for (var path :
        new String[] {
          "/console/x.js",
          "/console/index.html.bak",
          "/console/..%2f..%2fopenapi.json",
          "/console/../openapi.json",
          "/console/%2e%2e/openapi.json",
          "/console/ConsoleRoutes.class"
        }) {
      assertThat(get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(ask(HttpMethod.POST, "/console/").status()).isEqualTo(405);
  }

  @Test
  void aPageOfAnotherOriginGetsNothing() {
    for (var path : new String[] {"/console/", "/console/main.js"}) {
      assertThat(get(path, "Origin", "https://evil.example").status()).isEqualTo(403);
      assertThat(get(path, "Sec-Fetch-Site", "cross-site").status()).isEqualTo(403);
    }
    var link = new String[] {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"};
    assertThat(get("/console/", link).status()).isEqualTo(200);
  }

  @Test
  void theFilesNeedNoKeyAndARightIsToldToWhoMayUseTheConsole() {
    var key = "console-key-0123456789abcdef";
    var keys =
        new JsonArray()
            .add(
                new JsonObject()
                    .put("name", "a")
                    .put("sha256", Sha256.hex(key.getBytes(StandardCharsets.UTF_8)))
                    .put("wait", new JsonArray().add("orders.*"))
                    .put("console", true)
                    .put("cancel", true));
    port = listen(new RoutesOptions(new JsonObject().put("keys", keys)));
    assertThat(get("/console/").status()).isEqualTo(200);
    assertThat(get("/console/api/rights/orders.new").status()).isEqualTo(401);
    var header = new String[] {"Authorization", "Bearer " + key};
    get("/console/api/rights/orders.new", header)
        .is(200, "{\"wait\":true,\"emit\":false,\"cancel\":true,\"payloads\":false}");
    get("/console/api/rights/users.new", header)
        .is(200, "{\"wait\":false,\"emit\":false,\"cancel\":true,\"payloads\":false}");
  }

  @Test
  void withoutKeysEverythingIsPermitted() {
    get("/console/api/rights/orders.new")
        .is(200, "{\"wait\":true,\"emit\":true,\"cancel\":true,\"payloads\":true}");
  }
}
