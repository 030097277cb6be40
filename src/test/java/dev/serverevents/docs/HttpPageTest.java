package dev.serverevents.docs;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.ServerEvents;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.Problems;
import dev.serverevents.web.ServerEventsRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The commands of the page on HTTP print what it says, and its statuses are those there are. */
@OnlyOnRedis("It runs the commands of a page on a server with Redis.")
@ExtendWith(ServerExtension.class)
class HttpPageTest {

  private static final Pages.Page PAGE = Pages.page("http.md");

  private static final class Routes extends VerticleBase {
    private int port;

    @Override
    public Future<?> start() {
      var router = Router.router(vertx);
      ServerEventsRoutes.mount(router, ServerEvents.create(vertx));
      Problems.handleErrors(router);
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(listening -> port = listening.actualPort());
    }
  }

  private static Routes start(Server server) {
    server.deploy();
    var routes = new Routes();
    result(server.vertx().deployVerticle(routes));
    return routes;
  }

  @Test
  @OwnRedis({})
  void itsCommandsPrintWhatItSays(Server server) {
    Programs.assume(
        Programs.run(Path.of("."), "curl", "--version"),
        "no curl is here, so the commands of the page on HTTP are not run");
    var address = "127.0.0.1:" + start(server).port;
    var commands = PAGE.blocks("sh");
    assertThat(commands).hasSizeGreaterThan(5);
    for (var block : commands) {
      PageProgram.check(block, command -> command.replace("localhost:8080", address));
    }
  }

  @Test
  void itsStatusesAreThoseThatAreDocumented(Server server) {
    var url = "http://127.0.0.1:" + start(server).port + "/openapi.json";
    var client = server.vertx().createHttpClient();
    Future<Buffer> body =
        client
            .request(new RequestOptions().setAbsoluteURI(url))
            .compose(request -> request.send().compose(response -> response.body()))
            .eventually(client::close);
    var document = new JsonObject(result(body));
    assertThat(PAGE.column("Statuses", "\\d{3}"))
        .containsExactlyInAnyOrderElementsOf(statuses(document));
  }

  /** Of all responses, of those that any request may get, and of failures. */
  private static Set<String> statuses(JsonObject document) {
    var statuses = new TreeSet<String>();
    var any = document.getJsonObject("info").getString("description");
    Pages.matches("\\b4\\d\\d\\b", any).forEach(status -> statuses.add(status.group()));
    var encoded = document.getJsonObject("paths").encode();
    Pages.matches("\"(\\d{3})\":\\{", encoded).forEach(status -> statuses.add(status.group(1)));
    var failed =
        document.getJsonObject("components").getJsonObject("responses").getJsonObject("Failed");
    Pages.matches("otherwise (\\d{3})", failed.getString("description"))
        .forEach(status -> statuses.add(status.group(1)));
    return statuses;
  }
}
