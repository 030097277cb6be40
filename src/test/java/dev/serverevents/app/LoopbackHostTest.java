package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.web.Problems;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VertxExtension.class)
class LoopbackHostTest {

  private HttpClient client; // which ends when nothing refers to it

  @ParameterizedTest
  @CsvSource({
    "localhost:8080, 200",
    "127.0.0.1, 200",
    "127.1.2.3:1, 200",
    "[::1]:8080, 200",
    "evil.example, 403",
    "localhost.evil.example:8080, 403",
    "192.0.2.1, 403"
  })
  void whoAsksByAnotherNameIsRefused(String host, int status, Vertx vertx) {
    var router = Router.router(vertx);
    router.route().handler(new LoopbackHost()).failureHandler(Problems::answer);
    router.route().handler(ctx -> ctx.end());
    var port =
        result(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1")).actualPort();
    client = vertx.createHttpClient();
    var answer =
        result(
            client
                .request(HttpMethod.GET, port, "127.0.0.1", "/")
                .compose(request -> request.putHeader("Host", host).send()));
    assertThat(answer.statusCode()).isEqualTo(status);
  }
}
