package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.web.RoutesOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class HomeRouteTest {

  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

  private record Answer(HttpClientResponse head, String body) {}

  private Vertx vertx;
  private HttpClient client; // which ends when nothing refers to it

  @BeforeEach
  void take(Vertx ofThisTest) {
    vertx = ofThisTest;
    client = vertx.createHttpClient();
  }

  private Answer get(boolean console, String accept) {
    var router = Router.router(vertx);
    HomeRoute.mount(router, new RoutesOptions(), console);
    var port =
        result(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1")).actualPort();
    return result(
        client
            .request(HttpMethod.GET, port, "127.0.0.1", "/")
            .compose(request -> request.putHeader("Accept", accept).send())
            .compose(head -> head.body().map(body -> new Answer(head, body.toString()))));
  }

  @Test
  void aBrowserIsLedToTheConsole() {
    var answer = get(true, BROWSER);
    assertThat(answer.head().statusCode()).isEqualTo(303);
    assertThat(answer.head().getHeader("Location")).isEqualTo("console/");
    assertThat(answer.head().getHeader("Vary")).isEqualToIgnoringCase("Accept");
  }

  @Test
  void withoutTheConsoleABrowserIsShownWhatThereIs() {
    var answer = get(false, BROWSER);
    assertThat(answer.head().statusCode()).isEqualTo(200);
    assertThat(answer.head().getHeader("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(answer.body())
        .contains("href=\"openapi.json\"", "href=\"health\"", "events/{name}/{id}")
        .doesNotContain("console", "style", "script");
  }

  @Test
  void aProgramGetsTheLinksAsJson() {
    for (var accept :
        new String[] {"*/*", "application/json", "text/plain, */*", "text/html;q=0"}) {
      for (var console : new boolean[] {true, false}) {
        var answer = get(console, accept);
        assertThat(answer.head().getHeader("Content-Type")).isEqualTo("application/json");
        var links = new JsonObject(answer.body()).getJsonObject("links");
        assertThat(links.getString("openapi")).isEqualTo("/openapi.json");
        assertThat(links.getString("health")).isEqualTo("/health");
        assertThat(links.getString("event")).isEqualTo("/events/{name}/{id}");
        assertThat(links.getString("console")).isEqualTo(console ? "/console/" : null);
      }
    }
  }
}
