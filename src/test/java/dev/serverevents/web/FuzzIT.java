package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.HostileRequests;
import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.Http.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Nobody gets an error of ours or a stack trace by hostile requests, and nothing is left behind.
 */
@ExtendWith(ServerExtension.class)
@Tag("long")
class FuzzIT {

  private static final int REQUESTS = 20_000;
  private static final int RAW = 2_000;
  private static final int AT_ONCE = 64;
  private static final String KEY = "the key";
  private static final long STREAM_MS = 200;

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
  private static Future<Exchange> send(Server server, Http http, HostileRequests hostile) {
    var next = hostile.request();
    return http.request(next.method(), next.url())
        .compose(
            request -> {
              request.headers().addAll(hostile.headers());
              return request
                  .send(Buffer.buffer(next.body()))
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
        .map(reply -> new Exchange(next.method(), next.url(), reply));
  }

  /** Bytes that are no HTTP, or hardly: the server may close the connection. */
  private static Future<Object> raw(NetClient client, int port, HostileRequests hostile) {
    return client
        .connect(port, "127.0.0.1")
        .compose(
            socket -> {
              var answer = Promise.<Object>promise();
              socket.handler(part -> answer.tryComplete(part.toString()));
              socket.closeHandler(closed -> answer.tryComplete(""));
              socket.write(hostile.bytes()).onFailure(gone -> answer.tryComplete(""));
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
    var hostile = new HostileRequests(seed, KEY, document);
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
