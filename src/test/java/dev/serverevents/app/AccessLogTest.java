package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.serverevents.testing.Await;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("access");

  /** Keeps the lines. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(event.getFormattedMessage());
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final Lines lines = new Lines();
  private final Promise<Void> came = Promise.promise();
  private HttpClient client;
  private int port;

  @BeforeEach
  void serve() {
    lines.start();
    LOG.addAppender(lines);
    var router = Router.router(vertx);
    router.route().handler(new AccessLog());
    router.get("/answered").handler(ctx -> ctx.response().setStatusCode(202).end("yes"));
    router.get("/never").handler(ctx -> came.complete());
    router
        .get("/begun")
        .handler(
            ctx -> {
              ctx.response().setStatusCode(201).setChunked(true).write("more");
              came.complete();
            });
    router
        .get("/late")
        .handler(
            ctx -> {
              ctx.response().closeHandler(gone -> ctx.response().setStatusCode(503).end());
              came.complete();
            });
    client = vertx.createHttpClient();
    var server = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1");
    port = result(server).actualPort();
  }

  @AfterEach
  void close() {
    LOG.detachAppender(lines);
    result(vertx.close());
  }

  private void leave(String path) {
    var request = result(client.request(HttpMethod.GET, port, "127.0.0.1", path));
    request.send().onFailure(gone -> {});
    result(came.future());
    result(request.connection().close());
  }

  private void assertLogged(String text) {
    Await.until(() -> !lines.all.isEmpty());
    assertThat(lines.all).singleElement().asString().contains(text);
  }

  @Test
  void anAnswerIsLoggedWithItsStatus() {
    var request = result(client.request(HttpMethod.GET, port, "127.0.0.1", "/answered"));
    result(request.send().compose(response -> response.end()));
    assertLogged("\"GET /answered HTTP_1_1\" 202 3 ");
  }

  @Test
  void aClientThatLeftBeforeItsAnswerIsLoggedAs499() {
    leave("/never");
    assertLogged("\"GET /never HTTP_1_1\" 499 0 ");
  }

  @Test
  void whatIsAnsweredWhenItHasLeftDoesNotCount() {
    leave("/late");
    assertLogged("\"GET /late HTTP_1_1\" 499 0 ");
  }

  @Test
  void anAnswerThatHadBegunIsLoggedWithItsStatus() {
    leave("/begun");
    assertLogged("\"GET /begun HTTP_1_1\" 201 ");
  }
}
