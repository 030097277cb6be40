package dev.serverevents.app.cli;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.settings.SettingType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A server, by its HTTP routes. */
final class HttpEndpoint implements Endpoint {

  /** What follows the host of an authority without user information. */
  private static final Pattern PORT = Pattern.compile("(?:[^@:\\[]+|\\[[^]]*]):([^:]+)");

  private static final int CONNECT_MS = 10_000;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;

  private final HttpClient client;
  private final String url;
  private final @Nullable String key;

  private HttpEndpoint(HttpClient client, String url, @Nullable String key) {
    this.client = client;
    this.url = url;
    this.key = key;
  }

  /**
   * The server at a URL, to which nothing is sent yet.
   *
   * @param key the API key, or null for none
   */
  static Endpoint at(Vertx vertx, String url, @Nullable String key) {
    var client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(CONNECT_MS));
    return new HttpEndpoint(client, checked(url), key);
  }

  /** Returns a URL without the slash at its end; throws {@link InvalidInputException}. */
  static String checked(String url) {
    try {
      var uri = URI.create(url);
      var port = PORT.matcher(Objects.requireNonNullElse(uri.getRawAuthority(), ""));
      if (port.matches()) {
        Fields.integer("--url's port", port.group(1), 1, SettingType.MAX_PORT);
      }
      if (uri.getHost() != null
          && List.of("http", "https").contains(uri.getScheme())
          && uri.getUserInfo() == null
          && uri.getQuery() == null) {
        return url.replaceFirst("/+$", "");
      }
    } catch (IllegalArgumentException malformed) {
      // as other schemes
    }
    var shown = url.contains("@") ? "(not shown)" : url; // it may have a password
    throw new InvalidInputException(
        "--url", shown, "must be http://host[:port][/path] or https://");
  }

  @Override
  public Library library() {
    throw new InvalidInputException(
        "--url", url, "must not be given: jobs are on Redis, and this command speaks to it alone");
  }

  @Override
  public Future<EventArgs> on(EventId event, WaitOptions options) {
    return answer(HttpMethod.GET, path(event) + query(options), null)
        .map(EventArgs::ofJson)
        .recover(failure -> Future.failedFuture(failureOf(event, failure)));
  }

  /** The failure of a job is the same on Redis and here. */
  private static Throwable failureOf(EventId event, Throwable failure) {
    if (failure instanceof ProblemException problem && problem.cause() == Cause.FAILURE) {
      var json = problem.problem().copy();
      return SseEvents.failure(
          event, json.put("message", json.getValue("detail")).put("detail", json.getValue("data")));
    }
    return failure;
  }

  @Override
  public Future<JsonObject> onAny(String name, List<String> ids, WaitOptions options) {
    return answer(HttpMethod.GET, several(name, options) + "&any=" + list(ids), null)
        .map(HttpEndpoint::object);
  }

  @Override
  public Future<Several> onAll(String name, List<String> ids, int min, WaitOptions options) {
    var path = several(name, options) + "&min=" + min + "&all=" + list(ids);
    return answer(HttpMethod.GET, path, null)
        .map(body -> new Several(object(body), null))
        .recover(
            failure ->
                failure instanceof ProblemException problem
                        && problem.problem().containsKey("results")
                    ? Future.succeededFuture(new Several(several(problem.problem()), problem))
                    : Future.failedFuture(failure));
  }

  private static JsonObject several(JsonObject problem) {
    var several = new JsonObject();
    for (var field : List.of("results", "failures", "missing")) {
      several.put(field, problem.getValue(field));
    }
    return several;
  }

  private static String several(String name, WaitOptions options) {
    return "/events/" + part("name", name) + query(options);
  }

  private static String list(List<String> ids) {
    for (var id : ids) {
      if (id.contains(",")) {
        throw new InvalidInputException("id", id, "must not have a comma among several with --url");
      }
    }
    return ids.stream().map(HttpEndpoint::encoded).collect(Collectors.joining(","));
  }

  @Override
  public Events stream(EventId event, StreamOptions options) {
    var path =
        path(event)
            + "/stream?retained=%s&requireWorker=%s&follow=%s"
                .formatted(options.retained(), options.needsWorker(), options.follow())
            + timeout(options.timeout());
    return send(HttpMethod.GET, path, null, null)
        .compose(
            response ->
                response.statusCode() == OK
                    ? Future.succeededFuture(new SseEvents(event, options.follow(), response))
                    : response.body().compose(body -> problem(response, body)))
        .await();
  }

  @Override
  public Future<Integer> emit(EventId event, EmitOptions options, EventArgs args) {
    return emit(HttpMethod.POST, path(event) + retain(options), args.toBuffer(), options);
  }

  @Override
  public Future<Integer> fail(EventId event, EmitOptions options, Failed failed) {
    var body =
        new JsonObject()
            .put("code", failed.code())
            .put("message", failed.message())
            .put("detail", failed.detail());
    var path = path(event) + "/failure" + retain(options);
    return emit(HttpMethod.PUT, path, body.toBuffer(), options);
  }

  @Override
  public Future<Integer> progress(EventId event, EventArgs args) {
    return emit(HttpMethod.POST, path(event) + "/progress", args.toBuffer(), EmitOptions.DEFAULT);
  }

  private Future<Integer> emit(HttpMethod method, String path, Buffer body, EmitOptions options) {
    return send(method, path, body, options.idempotencyKey())
        .compose(this::read)
        .map(answer -> object(answer).getInteger("receivers"));
  }

  @Override
  public Future<JsonObject> overview() {
    return answer(HttpMethod.GET, "/console/api/overview", null).map(HttpEndpoint::object);
  }

  @Override
  public Future<JsonObject> explain(EventId event) {
    return answer(HttpMethod.GET, path(event) + "/explain", null).map(HttpEndpoint::object);
  }

  private static String path(EventId event) {
    return "/events/" + part("name", event.name()) + "/" + part("id", event.id());
  }

  /** A part of a path: what it cannot be would be taken for another path (RFC 3986, 5.2.4). */
  private static String part(String field, String text) {
    if (text.isEmpty()) {
      throw new InvalidInputException(field, text, "must not be empty");
    }
    if (text.equals(".") || text.equals("..")) {
      throw new InvalidInputException(field, text, "must be neither \".\" nor \"..\" with --url");
    }
    return encoded(text);
  }

  private static String query(WaitOptions options) {
    return "?retained=%s&requireWorker=%s".formatted(options.retained(), options.needsWorker())
        + timeout(options.timeout());
  }

  private static String timeout(@Nullable Long timeout) {
    return timeout == null ? "" : "&timeout=" + timeout;
  }

  private static String retain(EmitOptions options) {
    return options.retain() == 0 ? "" : "?retain=" + options.retain();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static JsonObject object(Buffer body) {
    return (JsonObject) Objects.requireNonNull(ExactJson.read(body));
  }

  private Future<Buffer> answer(HttpMethod method, String path, @Nullable Buffer body) {
    return send(method, path, body, null).compose(this::read);
  }

  private Future<HttpClientResponse> send(
      HttpMethod method, String path, @Nullable Buffer body, @Nullable String idempotencyKey) {
    var options = new RequestOptions().setMethod(method).setAbsoluteURI(url + path);
    if (key != null) {
      options.putHeader("X-API-Key", key);
    }
    if (idempotencyKey != null) {
      options.putHeader("Idempotency-Key", idempotencyKey);
    }
    return client
        .request(options)
        .compose(request -> body == null ? request.send() : request.send(body))
        .recover(why -> Future.failedFuture(ProblemException.unreachable(url, why)));
  }

  private Future<Buffer> read(HttpClientResponse response) {
    return response
        .body()
        .recover(why -> Future.failedFuture(ProblemException.unreachable(url, why)))
        .compose(
            body ->
                response.statusCode() == OK || response.statusCode() == ACCEPTED
                    ? Future.succeededFuture(body)
                    : problem(response, body));
  }

  /** Whatever is at the URL may answer, a proxy for example. */
  private static <T> Future<T> problem(HttpClientResponse response, Buffer body) {
    JsonObject problem;
    try {
      problem = new JsonObject(body);
    } catch (DecodeException | ClassCastException other) {
      problem = new JsonObject();
    }
    return Future.failedFuture(ProblemException.of(response.statusCode(), problem));
  }
}
