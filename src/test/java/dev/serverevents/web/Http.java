package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.testing.Server;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A user's own server, with the routes under a prefix of its choice, and a client of it. */
final class Http extends VerticleBase {

  private static final String HOST = "127.0.0.1";
  private static final String PREFIX = "/api";

  /** A whole response. */
  record Reply(int status, MultiMap headers, String body) {
    static Reply of(HttpClientResponse response, Buffer body) {
      return new Reply(response.statusCode(), response.headers(), body.toString());
    }

    String header(String name) {
      return headers.get(name);
    }

    JsonObject json() {
      return new JsonObject(body);
    }

    /** The detail of a problem, which it must be. */
    String detail() {
      assertThat(header("content-type")).isEqualTo("application/problem+json");
      assertThat(json().getInteger("status")).isEqualTo(status);
      return json().getString("detail");
    }

    void is(int status, String json) {
      assertThat(body).isEqualTo(json);
      assertThat(this.status).isEqualTo(status);
      assertThat(header("content-type")).isEqualTo("application/json");
    }
  }

  private final RoutesOptions options;
  private final Set<ConnectionBase> open = ConcurrentHashMap.newKeySet();
  private Router router;
  private Router routes;
  private HttpClient client;
  private WebSocketClient sockets;
  private HttpServer http;
  private int port;

  Http(Server server, RoutesOptions options) {
    this.options = options;
    result(server.vertx().deployVerticle(this));
  }

  Http(Server server) {
    this(server, new RoutesOptions());
  }

  @Override
  public Future<?> start() {
    routes = Router.router(vertx);
    ServerEventsRoutes.mount(routes, ServerEvents.create(vertx), options);
    var console = Router.router(vertx);
    ConsoleApi.mount(console, ServerEvents.create(vertx), options);
    router = Router.router(vertx);
    router.route(PREFIX + "/console/*").subRouter(console);
    router.route(PREFIX + "/*").subRouter(routes);
    Problems.handleErrors(router);
    client = vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(64));
    sockets =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxFrameSize(1 << 24)
                .setMaxMessageSize(1 << 24)
                .setMaxConnections(1_000));
    // What clients do not read is with us soon, and not with the system
    var small = new HttpServerOptions().setSendBufferSize(1 << 15);
    http =
        vertx
            .createHttpServer(small)
            .connectionHandler(
                made -> {
                  var connection = (ConnectionBase) made;
                  open.add(connection);
                  connection.closeFuture().onComplete(closed -> open.remove(connection));
                })
            .requestHandler(router)
            .invalidRequestHandler(Problems::answerInvalid);
    return http.listen(0, HOST).onSuccess(server -> port = server.actualPort());
  }

  /** The text of a request for a WebSocket. */
  static String handshake(String path, String... headers) {
    var lines =
        """
        GET %s HTTP/1.1
        Host: a
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
        """
            .formatted(PREFIX + path);
    var more = Stream.of(headers).map(header -> header + "\n").collect(joining());
    return (lines + more + "\n").replace("\n", "\r\n");
  }

  int port() {
    return port;
  }

  /** How many connections the server has. */
  int open() {
    return open.size();
  }

  /** How many bytes, at most, wait in one connection of the server until its client reads. */
  long waitingBytes() {
    return open.stream()
        .map(connection -> connection.channel().unsafe().outboundBuffer())
        .filter(Objects::nonNull) // a connection that is being closed has none
        .mapToLong(ChannelOutboundBuffer::totalPendingWriteBytes)
        .max()
        .orElse(0);
  }

  /** Mounts a route of the user's own, which a handler answers or fails. */
  void get(String path, Handler<RoutingContext> handler) {
    router.get(PREFIX + path).handler(handler).failureHandler(Problems::answer);
  }

  /** What is mounted. */
  List<Route> routes() {
    return routes.getRoutes();
  }

  /** Ends the server, while its clients stay. */
  void shutdown() {
    result(http.shutdown(5, TimeUnit.SECONDS));
  }

  Future<HttpClientRequest> request(HttpMethod method, String path) {
    return client.request(method, port, HOST, PREFIX + path);
  }

  /** Sends a request, with headers as names and values in turn. */
  Future<Reply> send(HttpMethod method, String path, String body, String... headers) {
    return send(method, path, Buffer.buffer(body), headers);
  }

  /** The same with a body of bytes. */
  Future<Reply> send(HttpMethod method, String path, Buffer body, String... headers) {
    return request(method, path)
        .compose(
            request -> {
              for (var i = 0; i < headers.length; i += 2) {
                request.putHeader(headers[i], headers[i + 1]);
              }
              return request
                  .send(body)
                  .compose(response -> response.body().map(all -> Reply.of(response, all)));
            });
  }

  /** Sends a request with a key, and the beginning of a body that never ends. */
  Future<Reply> sendHalf(HttpMethod method, String path, String key) {
    return request(method, path)
        .compose(
            request -> {
              request.putHeader("X-API-Key", key).setChunked(true).write("[");
              return request
                  .response()
                  .compose(response -> response.body().map(all -> Reply.of(response, all)));
            });
  }

  Reply ask(HttpMethod method, String path, String... headers) {
    return result(send(method, path, "", headers));
  }

  Reply get(String path, String... headers) {
    return ask(HttpMethod.GET, path, headers);
  }

  Reply post(String path, String body, String... headers) {
    return result(send(HttpMethod.POST, path, body, headers));
  }

  Reply put(String path, String body, String... headers) {
    return result(send(HttpMethod.PUT, path, body, headers));
  }

  Future<WebSocket> connect(String path, String... headers) {
    var options = new WebSocketConnectOptions().setHost(HOST).setPort(port).setURI(PREFIX + path);
    for (var i = 0; i < headers.length; i += 2) {
      options.putHeader(headers[i], headers[i + 1]);
    }
    return sockets.connect(options);
  }
}
