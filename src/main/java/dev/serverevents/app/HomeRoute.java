package dev.serverevents.app;

import dev.serverevents.web.AllowedMethods;
import dev.serverevents.web.Origins;
import dev.serverevents.web.Problems;
import dev.serverevents.web.RoutesOptions;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code GET /}: tells who comes without knowing the way what there is. A browser is led to the
 * console, or where that is off is shown the same links that a program gets as JSON.
 */
final class HomeRoute {

  private static final String CONSOLE = "console/";
  private static final String TITLE = "Server Events";

  /** What is there: its name for programs, where it is from here, and its name for people. */
  private record Link(String name, String path, String says) {

    /** A template of a path leads nowhere by itself. */
    String html() {
      return path.contains("{")
          ? "<dt><code>%s</code><dd>%s".formatted(path, says)
          : "<dt><a href=\"%s\">%s</a><dd>%s".formatted(path, path, says);
    }
  }

  private static final List<Link> LINKS =
      List.of(
          new Link("event", "events/{name}/{id}", "waits for an event, and emits it"),
          new Link("stream", "events/{name}/{id}/stream", "streams its progress and result"),
          new Link("socket", "socket", "a WebSocket for many events"),
          new Link("openapi", "openapi.json", "describes the routes (OpenAPI)"),
          new Link("asyncapi", "asyncapi.json", "describes what goes over Redis (AsyncAPI)"),
          new Link("health", "health", "tells whether this server is ready"),
          new Link("metrics", "metrics", "the metrics, for Prometheus"));

  private final boolean console;
  private final JsonObject json = new JsonObject();
  private final String html;

  private HomeRoute(boolean console) {
    this.console = console;
    var links = new ArrayList<>(LINKS);
    if (console) {
      links.add(0, new Link("console", CONSOLE, "shows what the servers are doing"));
    }
    var paths = new JsonObject();
    links.forEach(link -> paths.put(link.name(), "/" + link.path()));
    json.put("name", TITLE).put("links", paths);
    html = page(links);
  }

  /** Mounts it on {@code router}. */
  static void mount(Router router, RoutesOptions options, boolean console) {
    var home = new HomeRoute(console);
    router.route("/").handler(new Origins(options)).failureHandler(Problems::answer);
    AllowedMethods.read(router, "/", home::answer);
  }

  private void answer(RoutingContext ctx) {
    ctx.response().putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    if (!isBrowser(ctx)) {
      ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(json.toBuffer());
    } else if (console) {
      ctx.response()
          .setStatusCode(HttpResponseStatus.SEE_OTHER.code())
          .putHeader(HttpHeaders.LOCATION, CONSOLE)
          .end();
    } else {
      ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8").end(html);
    }
  }

  /** Browsers name HTML; other programs take anything, or name JSON. */
  private static boolean isBrowser(RoutingContext ctx) {
    return ctx.parsedHeaders().accept().stream()
        .anyMatch(
            type ->
                type.component().equals("text")
                    && type.subComponent().equals("html")
                    && type.weight() > 0);
  }

  /** It has no style but what the browser gives it, in its light or dark colours. */
  private static String page(List<Link> links) {
    var list = new StringBuilder();
    links.forEach(link -> list.append(link.html()).append('\n'));
    return """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>%s</title>
        <main>
        <h1>%s</h1>
        <dl>
        %s</dl>
        </main>
        """
        .formatted(TITLE, TITLE, list);
  }
}
