package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.NoWorkerException;
import dev.serverevents.ServerEvents;
import dev.serverevents.Timeline;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TestBroker;
import dev.serverevents.web.Http.Reply;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The OpenAPI document says what is so: every route is in it, and every method, status and example
 * in it is had from a real server, with a body that fits its schema.
 */
@OnBothBackends
class OpenApiTest {

  private static final String EVENT = "/events/{name}/{id}";
  private static final String ANY = "/events/{name}";
  private static final String BIG = "\"" + "x".repeat(2_000) + "\"";
  private static final String KEY = "the key";
  private static final String OTHER_KEY = "a key for nothing";
  private static final String FAILURE = "{\"code\":422,\"message\":\"no room\",\"detail\":null}";
  private static final String ARGS = "[\"paid\",42]";
  private static final EmitOptions KEPT = EmitOptions.retain(Duration.ofMinutes(1));

  private static final HttpMethod GET = HttpMethod.GET;
  private static final HttpMethod HEAD = HttpMethod.HEAD;
  private static final HttpMethod POST = HttpMethod.POST;
  private static final HttpMethod PUT = HttpMethod.PUT;

  /** A request that is good. */
  private record Operation(HttpMethod method, String path, String query, String body) {
    String url() {
      return OpenApiTest.url(path) + query;
    }
  }

  private static final List<Operation> OF_EVENTS =
      List.of(
          new Operation(GET, ANY, "?any=7&timeout=300", ""),
          new Operation(GET, EVENT, "?timeout=300", ""),
          new Operation(GET, EVENT + "/stream", "?timeout=300", ""),
          new Operation(GET, EVENT + "/explain", "", ""),
          new Operation(POST, EVENT, "", ARGS),
          new Operation(POST, EVENT + "/progress", "", ARGS),
          new Operation(PUT, EVENT + "/failure", "", FAILURE));

  @Test
  void theCausesOfAProblemAreThoseThatThereAre(Server server) {
    var problem =
        new Http(server)
            .get("/openapi.json")
            .json()
            .getJsonObject("components")
            .getJsonObject("schemas")
            .getJsonObject("Problem")
            .getJsonObject("properties");
    assertThat(problem.getJsonObject("cause").getJsonArray("enum"))
        .containsExactlyElementsOf(
            Stream.of(Cause.values())
                .filter(cause -> cause != Cause.RESULT)
                .<Object>map(Cause::word)
                .toList());
    var whole = new Timeline(1L, 2L, 3L, "worker", 4L, 5L);
    var told = Ending.of(new NoWorkerException("a", "1").at(whole)).explain(new JsonObject());
    assertThat(problem.getJsonObject("timeline").getJsonObject("properties").fieldNames())
        .isEqualTo(told.getJsonObject("timeline").fieldNames());
  }

  /** A document and what of it has been had so far. */
  private static final class Checked {
    final JsonObject document;
    final Set<String> seen = new TreeSet<>();
    final Set<String> examples = new TreeSet<>();

    Checked(Http http) {
      document = http.get("/openapi.json").json();
    }

    JsonObject responses(String path, String method) {
      return document
          .getJsonObject("paths")
          .getJsonObject(path)
          .getJsonObject(method)
          .getJsonObject("responses");
    }

    /** A response, or what it refers to. */
    JsonObject response(JsonObject responses, String status) {
      var response = responses.getJsonObject(status);
      var ref = response == null ? null : response.getString("$ref");
      return ref == null
          ? response
          : document
              .getJsonObject("components")
              .getJsonObject("responses")
              .getJsonObject(ref.substring(ref.lastIndexOf('/') + 1));
    }

    /** All that is documented, as path, method and status. */
    Set<String> all(boolean withExample) {
      var all = new TreeSet<String>();
      var paths = document.getJsonObject("paths");
      for (var path : paths.fieldNames()) {
        for (var method : paths.getJsonObject(path).fieldNames()) {
          if (!method.equals("parameters")) {
            var responses = responses(path, method);
            responses.fieldNames().stream()
                .filter(status -> !withExample || hasExample(response(responses, status)))
                .forEach(status -> all.add(path + " " + method + " " + status));
          }
        }
      }
      return all;
    }

    private static boolean hasExample(JsonObject response) {
      return response.getJsonObject("content", new JsonObject()).stream()
          .anyMatch(media -> ((JsonObject) media.getValue()).containsKey("example"));
    }

    /** Notes a reply, which must be as documented. */
    void reply(String path, HttpMethod method, int status, Reply reply) {
      assertThat(reply.status()).as("%s %s: %s", method, path, reply.body()).isEqualTo(status);
      var name = method.name().toLowerCase(Locale.ROOT);
      var responses = responses(path, name);
      var documented =
          responses.containsKey(String.valueOf(status)) ? String.valueOf(status) : "default";
      var response = response(responses, documented);
      assertThat(response).as("%s %s %s is documented", method, path, status).isNotNull();
      var at = path + " " + name + " " + documented;
      seen.add(at);
      response
          .getJsonObject("headers", new JsonObject())
          .fieldNames()
          .forEach(
              header ->
                  assertThat(reply.headers().get(header))
                      .as("%s %s %s", at, header, reply.headers())
                      .isNotNull());
      var content = response.getJsonObject("content");
      if (content == null) {
        assertThat(reply.body()).as(at).isEmpty();
        return;
      }
      var type = content.fieldNames().iterator().next();
      assertThat(reply.header("content-type")).as(at).startsWith(type);
      if (!type.startsWith("text/")) {
        body(at, content.getJsonObject(type), Json.decodeValue(reply.body()));
      }
    }

    /**
     * The times of a time line are others in each run; the schema says which there may be. The same
     * problem has a link for some paths.
     */
    private static Object withoutTimes(Object body) {
      if (!(body instanceof JsonObject problem)) {
        return body;
      }
      var same = problem.copy();
      same.remove("explain");
      return same.getValue("timeline") instanceof JsonObject times
          ? same.put("timeline", times.fieldNames())
          : same;
    }

    private void body(String at, JsonObject media, Object body) {
      var schema =
          new JsonObject()
              .put("$id", "https://example.com/" + at.hashCode())
              .put("components", document.getJsonObject("components"))
              .put("allOf", new JsonArray().add(media.getJsonObject("schema")))
              .copy(); // the validator notes things in it
      var validator =
          Validator.create(
              JsonSchema.of(schema),
              new JsonSchemaOptions()
                  .setBaseUri("https://example.com")
                  .setDraft(Draft.DRAFT202012)
                  .setOutputFormat(OutputFormat.Basic));
      var output = validator.validate(body);
      assertThat(output.getValid()).as(at + ": " + output.toJson()).isTrue();
      if (media.containsKey("example")
          && withoutTimes(media.getValue("example")).equals(withoutTimes(body))) {
        examples.add(at);
      }
    }
  }

  private static JsonObject key(String name, String key, String... names) {
    return new JsonObject()
        .put("name", name)
        .put("sha256", Sha256.hex(key.getBytes(StandardCharsets.UTF_8)))
        .put("wait", new JsonArray(List.of(names)))
        .put("emit", new JsonArray(List.of(names)));
  }

  private static RoutesOptions options() {
    return new RoutesOptions(
        new JsonObject()
            .put("maxBody", 1_000)
            .put("keys", new JsonArray().add(key("a", KEY, "*")).add(key("b", OTHER_KEY))));
  }

  private static String url(String path) {
    return path.replace("{name}", "orders.new").replace("{id}", "7");
  }

  private static Reply send(
      Http http, HttpMethod method, String url, String body, String... headers) {
    var all = Stream.concat(Stream.of("X-API-Key", KEY), Stream.of(headers)).toList();
    return result(http.send(method, url, body, all.toArray(new String[0])));
  }

  @Test
  void everyMethodStatusAndExampleIsHad(Server server) {
    try (var link = server.broker().link()) {
      var http = new Http(server, options());
      var checked = new Checked(http);
      unavailable(http, checked);
      var verticle = server.verticle(link.lead(server.options()));
      var id = result(server.vertx().deployVerticle(verticle));
      refused(http, checked);
      emits(http, checked);
      waits(server.events(), http, checked);
      streams(http, checked);
      explanations(http, checked);
      others(http, checked);
      underWay(http, checked, link);
      var quotas = new Quotas(server.vertx(), tight());
      var asking = quotas.client(User.fromName("a"), null).enter(Kind.QUESTIONS, 1);
      tooMuch(new Http(server, tight()), checked);
      asking.close();
      result(server.vertx().undeploy(id));
      assertThat(checked.seen).isEqualTo(checked.all(false));
      assertThat(checked.examples).isEqualTo(checked.all(true));
    }
  }

  private static void unavailable(Http http, Checked checked) {
    for (var o : OF_EVENTS) {
      checked.reply(o.path, o.method, 503, send(http, o.method, o.url(), o.body));
    }
    for (var path : List.of("/health", "/health/ready")) {
      checked.reply(path, GET, 503, http.get(path));
      checked.reply(path, HEAD, 503, http.ask(HEAD, path));
    }
  }

  private static void refused(Http http, Checked checked) {
    for (var o : OF_EVENTS) {
      checked.reply(o.path, o.method, 401, result(http.send(o.method, o.url(), o.body)));
      var forbidden = http.send(o.method, o.url(), o.body, "X-API-Key", OTHER_KEY);
      checked.reply(o.path, o.method, 403, result(forbidden));
      var unknown = http.send(HttpMethod.OPTIONS, o.url(), "");
      checked.reply(o.path, HttpMethod.OPTIONS, 401, result(unknown));
      var options = send(http, HttpMethod.OPTIONS, o.url(), "");
      checked.reply(o.path, HttpMethod.OPTIONS, 204, options);
    }
    ofAnotherOrigin(http, checked);
    checked.reply("/eventbus/info", GET, 401, http.get("/eventbus/info"));
    checked.reply("/socket", GET, 401, http.get("/socket"));
  }

  private static void ofAnotherOrigin(Http http, Checked checked) {
    var paths = checked.document.getJsonObject("paths");
    for (var path : paths.fieldNames()) {
      for (var name : paths.getJsonObject(path).fieldNames()) {
        if (!name.equals("parameters")) {
          var method = HttpMethod.valueOf(name.toUpperCase(Locale.ROOT));
          var reply = send(http, method, url(path), "", "Origin", "https://elsewhere.example");
          checked.reply(path, method, 403, reply);
        }
      }
    }
  }

  private static void emits(Http http, Checked checked) {
    for (var o : OF_EVENTS) {
      if (o.method.equals(GET)) {
        continue;
      }
      checked.reply(o.path, o.method, 202, send(http, o.method, o.url(), o.body));
      checked.reply(o.path, o.method, 400, send(http, o.method, o.url(), "[1"));
      checked.reply(o.path, o.method, 413, send(http, o.method, o.url(), BIG));
      var multipart = new String[] {"Content-Type", "multipart/form-data; boundary=x"};
      checked.reply(o.path, o.method, 415, send(http, o.method, o.url(), "x", multipart));
      checked.reply(o.path, o.method, 417, send(http, o.method, o.url(), "x", "Expect", "x"));
      if (!o.path.endsWith("/progress")) {
        var key = new String[] {"Idempotency-Key", "k"};
        send(http, o.method, o.url(), o.body, key);
        var other = send(http, o.method, o.url() + "?retain=1", o.body, key);
        checked.reply(o.path, o.method, 422, other);
      }
    }
  }

  private static void waits(ServerEvents events, Http http, Checked checked) {
    result(events.emit(KEPT, "orders.new", 7, "paid", 42));
    for (var path : new String[] {ANY, EVENT}) {
      var url = url(path) + (path.equals(ANY) ? "?any=7&" : "?");
      for (var method : new HttpMethod[] {GET, HEAD}) {
        checked.reply(path, method, 200, send(http, method, url + "retained=true", ""));
        checked.reply(path, method, 504, send(http, method, url + "timeout=300", ""));
      }
      var async = send(http, GET, url + "timeout=300", "", "Prefer", "respond-async");
      checked.reply(path, GET, 202, async);
      checked.reply(path, GET, 400, send(http, GET, url + "timeout=0", ""));
    }
    var all = url(ANY) + "?all=7,8&";
    checked.reply(ANY, GET, 200, send(http, GET, all + "min=1&retained=true", ""));
    checked.reply(ANY, HEAD, 200, send(http, HEAD, all + "min=1&retained=true", ""));
    checked.reply(ANY, GET, 504, send(http, GET, all + "retained=true&timeout=300", ""));
    checked.reply(ANY, GET, 400, send(http, GET, all + "min=3", ""));
    result(events.emitFailure(KEPT, "orders.new", 7, 42, "no room", null));
    checked.reply(ANY, GET, 502, send(http, GET, all + "retained=true", ""));
    checked.reply(EVENT, GET, 502, send(http, GET, url(EVENT) + "?retained=true", ""));
    checked.reply(ANY, GET, 502, send(http, GET, url(ANY) + "?any=7&retained=true", ""));
  }

  private static void streams(Http http, Checked checked) {
    var path = EVENT + "/stream";
    checked.reply(path, GET, 200, send(http, GET, url(path) + "?retained=true", ""));
    checked.reply(path, GET, 204, send(http, GET, url(path), "", "Last-Event-ID", "timeout"));
    checked.reply(path, GET, 400, send(http, GET, url(path) + "?follow=maybe", ""));
  }

  private static void explanations(Http http, Checked checked) {
    var path = EVENT + "/explain";
    checked.reply(path, GET, 200, send(http, GET, url(path), ""));
    checked.reply(path, GET, 400, send(http, GET, "/events/$a/7/explain", ""));
  }

  private static void others(Http http, Checked checked) {
    for (var path :
        new String[] {
          "/health", "/health/live", "/health/ready", "/openapi.json", "/asyncapi.json"
        }) {
      checked.reply(path, GET, 200, http.get(path));
      checked.reply(path, HEAD, 200, http.ask(HEAD, path));
    }
    checked.reply("/eventbus/info", GET, 200, send(http, GET, "/eventbus/info", ""));
    checked.reply("/socket", GET, 426, send(http, GET, "/socket", ""));
    checked.reply("/socket", GET, 400, send(http, GET, "/socket", "", "Upgrade", "websocket"));
    result(result(http.connect("/socket", "X-API-Key", KEY)).close());
    checked.seen.add("/socket get 101");
  }

  private static RoutesOptions tight() {
    var tight = options().setRequestTimeout(500);
    tight.getPerClient().setWaits(1).setStreams(1).setQuestions(1).setEmits(1);
    return tight;
  }

  private static void tooMuch(Http http, Checked checked) {
    var pending = http.send(GET, url(EVENT) + "?timeout=3000", "", "X-API-Key", KEY);
    var stream = Sse.open(http, url(EVENT) + "/stream?follow=true", "X-API-Key", KEY);
    for (var o : OF_EVENTS) {
      if (o.method.equals(GET)) {
        checked.reply(o.path, GET, 429, send(http, GET, o.url(), ""));
      } else {
        checked.reply(o.path, o.method, 408, result(http.sendHalf(o.method, o.url(), KEY)));
        Await.until(() -> send(http, o.method, o.url(), o.body).status() == 429);
        checked.reply(o.path, o.method, 429, send(http, o.method, o.url(), o.body));
      }
    }
    var handshake =
        new String[] {
          "Connection", "Upgrade",
          "Upgrade", "websocket",
          "Sec-WebSocket-Version", "13",
          "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="
        };
    checked.reply("/socket", GET, 429, send(http, GET, "/socket", "", handshake));
    stream.leave();
    result(pending);
  }

  /** What is emitted while Redis is away is under way until it is back. */
  private static void underWay(Http http, Checked checked, TestBroker.Link link) {
    link.cut();
    for (var o : OF_EVENTS) {
      if (o.method.equals(GET) || o.path.endsWith("/progress")) {
        continue;
      }
      var key = new String[] {"X-API-Key", KEY, "Idempotency-Key", "u" + o.method};
      var both =
          List.of(
              http.send(o.method, o.url(), o.body, key), http.send(o.method, o.url(), o.body, key));
      Await.until(() -> both.stream().anyMatch(Future::isComplete));
      var second = both.get(0).isComplete() ? both.get(0) : both.get(1);
      checked.reply(o.path, o.method, 409, result(second));
    }
    link.mend();
    Await.until(() -> http.get("/health").status() == 200);
  }

  @Test
  void everyRouteIsInIt(Server server) {
    var http = new Http(server);
    var paths = new Checked(http).document.getJsonObject("paths");
    var routes = http.routes().stream().filter(route -> route.methods() != null).toList();
    assertThat(routes).hasSizeGreaterThan(10);
    for (var route : routes) {
      var path = route.getPath().replaceAll(":(\\w+)", "{$1}");
      for (var method : route.methods()) {
        assertThat(paths.getJsonObject(path)).as(path).isNotNull();
        assertThat(paths.getJsonObject(path).fieldNames())
            .as(path)
            .contains(method.name().toLowerCase(Locale.ROOT));
      }
    }
  }
}
