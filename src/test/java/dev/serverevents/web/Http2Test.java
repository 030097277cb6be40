package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import org.junit.jupiter.api.Test;

/** Streams of one connection of HTTP/2, one of which breaks: the others go on. */
@OnBothBackends
class Http2Test {

  private static final long REQUEST_TIMEOUT = 300;

  /** A client of one connection, on which one of its streams waits for an event. */
  private record Client(Server server, Http http, HttpClient client) implements AutoCloseable {

    static Client of(Server server) {
      server.deploy();
      var http = new Http(server, new RoutesOptions().setRequestTimeout(REQUEST_TIMEOUT));
      var options =
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false);
      return new Client(server, http, server.vertx().createHttpClient(options));
    }

    HttpClientRequest request(HttpMethod method, String path) {
      return result(client.request(method, http.port(), "127.0.0.1", "/api" + path));
    }

    /** Has a stream break while another one waits, which must be answered all the same. */
    void assertOthersGoOn(Breaking breaking) {
      var waiting = request(HttpMethod.GET, "/events/a/1");
      var answer = waiting.send();
      Await.until(() -> server.broker().channels().contains("a:1"));
      var broken = request(HttpMethod.POST, "/events/a/2?retain=60000");
      assertThat(broken.connection()).isSameAs(waiting.connection());
      breaking.end(broken);
      var emitting = request(HttpMethod.POST, "/events/a/1");
      assertThat(emitting.connection()).isSameAs(waiting.connection());
      assertThat(status(emitting.send("[1]"))).isEqualTo(202);
      assertThat(status(answer)).isEqualTo(200);
      var kept = request(HttpMethod.GET, "/events/a/2?retained=true&timeout=300");
      assertThat(kept.connection()).isSameAs(waiting.connection());
      assertThat(status(kept.send())).isEqualTo(504);
    }

    static int status(Future<HttpClientResponse> answer) {
      return result(answer).statusCode();
    }

    @Override
    public void close() {
      result(client.close());
    }
  }

  private interface Breaking {
    void end(HttpClientRequest request);
  }

  @Test
  void aBodyThatIsLateEndsItsStreamAlone(Server server) {
    try (var client = Client.of(server)) {
      client.assertOthersGoOn(
          request -> {
            result(request.write("["));
            var refused = result(request.response());
            assertThat(refused.statusCode()).isEqualTo(408);
            assertThat(refused.headers().names()).doesNotContain("connection");
          });
    }
  }

  @Test
  void aBodyThatIsShorterThanItSaysEndsItsStreamAlone(Server server) {
    try (var client = Client.of(server)) {
      client.assertOthersGoOn(
          request -> {
            request.putHeader("Content-Length", "10").end("[]");
            assertThat(failure(request.response())).isInstanceOf(StreamResetException.class);
          });
    }
  }

  @Test
  void aBodyThatItsClientResetsEndsItsStreamAlone(Server server) {
    try (var client = Client.of(server)) {
      client.assertOthersGoOn(
          request -> {
            result(request.write("["));
            request.reset();
          });
    }
  }
}
