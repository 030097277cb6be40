package dev.serverevents.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Many connections that read, and hardly look at what comes. */
final class ReadersClient {

  /** How many of them are being opened at a time. */
  static final int AT_ONCE = 200;

  private final Vertx vertx;
  private final int port;
  private final int count;
  private final NetClient client;
  private final HttpClient control;
  private final List<NetSocket> sockets = new ArrayList<>();
  private Kind kind;
  private String side;
  private String id;
  private int expected;
  private int arrived;
  private Promise<Void> all;

  /** What is read, and how the last bytes of it, and of each delivery, look. */
  private enum Kind {
    STREAM("\n\n\r\n", "/events/%s/%s/stream?follow=true"),
    POLL("]", "/events/%s/%s"),
    SOCKET("}", "/socket");

    private final String tail;
    private final String path;

    Kind(String tail, String path) {
      this.tail = tail;
      this.path = path;
    }

    boolean isEnd(Buffer bytes) {
      var from = bytes.length() - tail.length();
      for (var i = 0; i < tail.length(); i++) {
        if (from < 0 || bytes.getByte(from + i) != tail.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    Buffer request(String side, String id) {
      var where =
          side.equals("plain")
              ? "/plain/" + word() + "/" + id
              : path.formatted(ReadersMain.NAME, id);
      var upgrade =
          """
          Connection: Upgrade
          Upgrade: websocket
          Sec-WebSocket-Version: 13
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
          """;
      var head = "GET " + where + " HTTP/1.1\nHost: bench\n" + (this == SOCKET ? upgrade : "");
      return Buffer.buffer((head + "\n").replace("\n", "\r\n"));
    }

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private ReadersClient(Vertx vertx, int port, int count) {
    this.vertx = vertx;
    this.port = port;
    this.count = count;
    client = vertx.createNetClient(new NetClientOptions().setSoLinger(0));
    control = vertx.createHttpClient();
  }

  /**
   * Takes the port and how many connections there are. {@code open KIND SIDE ID} opens the
   * connections, {@code round} has one event delivered to all of them, {@code close} closes them.
   */
  public static void main(String[] args) throws Exception {
    var vertx = Vertx.vertx();
    var context = vertx.getOrCreateContext();
    var client = new ReadersClient(vertx, Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    System.out.println("ready");
    try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = input.readLine(); line != null; line = input.readLine()) {
        var words = line.split(" ");
        System.out.println(Loop.call(context, () -> client.answer(words)).encode());
      }
    }
  }

  private Future<JsonObject> answer(String[] words) {
    return switch (words[0]) {
      case "open" -> {
        kind = Kind.valueOf(words[1]);
        side = words[2];
        id = words[3];
        yield open();
      }
      case "round" -> round();
      default -> close();
    };
  }

  private Future<JsonObject> open() {
    sockets.clear();
    return openSome()
        .compose(
            opened -> {
              if (kind == Kind.POLL) {
                return Future.succeededFuture();
              }
              return send(0);
            })
        .compose(read -> get("/gc"))
        .map(new JsonObject());
  }

  private Future<Void> openSome() {
    var some = new ArrayList<Future<NetSocket>>();
    for (var i = 0; i < Math.min(AT_ONCE, count - sockets.size()); i++) {
      some.add(client.connect(port, "127.0.0.1"));
    }
    return Future.all(some)
        .compose(
            connected -> {
              some.forEach(each -> add(each.result()));
              return sockets.size() < count ? openSome() : Future.succeededFuture();
            });
  }

  private void add(NetSocket socket) {
    sockets.add(socket);
    socket.handler(bytes -> read(socket, bytes));
  }

  private void read(NetSocket socket, Buffer bytes) {
    if (kind.isEnd(bytes)) {
      arrived++;
      if (arrived == expected) {
        all.complete();
      }
    } else if (kind == Kind.SOCKET && bytes.getByte(0) == 'H') {
      socket.write(subscribe());
    }
  }

  /** A masked frame of text; the mask is 0. */
  private Buffer subscribe() {
    var text =
        new JsonObject()
            .put("type", "subscribe")
            .put("name", ReadersMain.NAME)
            .put("id", id)
            .put("follow", true)
            .toBuffer();
    return Buffer.buffer()
        .appendByte((byte) 0x81)
        .appendByte((byte) (0x80 | text.length()))
        .appendInt(0)
        .appendBuffer(text);
  }

  /** Sends the requests, some at a time, and awaits their first answers, but for polls. */
  private Future<Void> send(int from) {
    var to = Math.min(from + AT_ONCE, sockets.size());
    var request = kind.request(side, id);
    expect(to - from);
    sockets.subList(from, to).forEach(socket -> socket.write(request));
    var sent = kind == Kind.POLL ? held(to) : all.future();
    return sent.compose(answered -> to < sockets.size() ? send(to) : Future.succeededFuture());
  }

  private void expect(int count) {
    expected = count;
    arrived = 0;
    all = Promise.promise();
  }

  private Future<Void> held(int count) {
    return get("/held/" + id)
        .compose(
            held ->
                Integer.parseInt(held.toString()) >= count
                    ? Future.succeededFuture()
                    : vertx.timer(1).compose(later -> held(count)));
  }

  private Future<JsonObject> round() {
    return (kind == Kind.POLL ? send(0) : Future.<Void>succeededFuture())
        .compose(
            sent -> {
              expect(count);
              var began = System.nanoTime();
              var once = kind == Kind.POLL ? "?once" : "";
              var fired = get("/fire/" + side + "/" + id + once);
              return all.future()
                  .map(done -> count * 1e9 / (System.nanoTime() - began))
                  .compose(rate -> fired.map(rate));
            })
        .compose(
            rate ->
                get("/turn")
                    .map(
                        turn ->
                            new JsonObject()
                                .put("perSecond", rate)
                                .put("longestTurnMs", Long.valueOf(turn.toString()))));
  }

  private Future<Buffer> get(String path) {
    return control
        .request(HttpMethod.GET, port, "127.0.0.1", path)
        .compose(request -> request.send().compose(response -> response.body()));
  }

  private Future<JsonObject> close() {
    return Future.all(sockets.stream().map(NetSocket::close).toList()).map(new JsonObject());
  }
}
