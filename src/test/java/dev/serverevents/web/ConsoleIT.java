package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Browser;
import dev.serverevents.testing.Browser.Page;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The console in a browser, as people use it: on a server that has none of the waits. */
@ExtendWith(ServerExtension.class)
class ConsoleIT {

  private static final String NAME = "orders.priced";
  private static final String KEY = "console-key-0123456789abcdef";
  private static final String OTHER_KEY = "other-key-0123456789abcdef";

  /** The rules of axe that are broken, of those that keep somebody from something. */
  private static final String AXE =
      """
      axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations
        .filter(({impact}) => impact === 'serious' || impact === 'critical')
        .map(({id, nodes}) => id + ': ' + nodes.map(({html}) => html).join(' ')))
      """;

  private static final String WIDTH = "document.documentElement.scrollWidth";
  private static final String PAPER = "getComputedStyle(document.documentElement).backgroundColor";

  @TempDir private static Path directory;
  private static Browser browser;
  private static String axe;

  private String origin;

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start(directory);
    try (var script = ConsoleIT.class.getResourceAsStream("/axe.min.js")) {
      axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @AfterAll
  static void end() {
    if (browser != null) {
      browser.close();
    }
  }

  /** An app's own server, with the routes and the console. */
  private final class Console extends VerticleBase {

    private final RoutesOptions options;

    Console(RoutesOptions options) {
      this.options = options;
    }

    @Override
    public Future<?> start() {
      var router = Router.router(vertx);
      var events = ServerEvents.create(vertx);
      ServerEventsRoutes.mount(router, events, options);
      ConsoleRoutes.mount(router, events, options);
      Problems.handleErrors(router);
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "127.0.0.1")
          .onSuccess(http -> origin = "http://127.0.0.1:" + http.actualPort());
    }
  }

  private String serve(Server server, RoutesOptions options) {
    server.deploy();
    return result(server.vertx().deployVerticle(new Console(options)));
  }

  private String serve(Server server) {
    return serve(server, new RoutesOptions());
  }

  private Page open(String view) {
    return browser.page().size(1280, 900).open(origin + "/console/" + view);
  }

  /** What must hold of every page, whatever was done with it. */
  private void assertSound(Page page) {
    assertThat(page.complaints()).isEmpty();
    assertThat(page.requests()).isNotEmpty().allMatch(url -> url.startsWith(origin + "/"));
  }

  /** The text of a cell of a table, or null as long as there is none. */
  private static Object cell(Page page, String panel, String row, String column) {
    return page.js(
        """
        [...document.querySelectorAll('#%s tbody tr')]
          .find(row => row.cells[0].innerText.startsWith('%s'))
          ?.querySelector('[data-label="%s"]')?.innerText
        """
            .formatted(panel, row, column));
  }

  private static List<String> axe(Page page) {
    return ((JsonArray) page.js(AXE)).stream().map(String::valueOf).toList();
  }

  @Test
  void itShowsTheWaitsOfAllServersAndFollowsThem(Server asked, Server other) {
    serve(asked);
    other.deploy();
    var events = other.events();
    var waits = IntStream.range(0, 3).mapToObj(id -> events.listen(NAME, id)).toList();
    waits.forEach(wait -> result(wait.subscribed()));
    var page = open("");
    page.shows("All is well on 2 servers.");
    Await.until(() -> "3".equals(cell(page, "names-panel", NAME, "Pending")));
    IntStream.range(0, 3).forEach(id -> result(events.emit(NAME, id, "secret")));
    Await.until(() -> "0".equals(cell(page, "names-panel", NAME, "Pending")));
    Await.until(() -> "3".equals(cell(page, "outcomes", "event", "In all")));
    assertThat(page.text()).doesNotContain("secret");
    assertSound(page);
  }

  @Test
  void itIsAccessibleInBothColoursAndFitsAnyScreen(Server asked) {
    serve(asked);
    var wait = asked.events().listen(NAME, 7);
    result(wait.subscribed());
    result(asked.events().emit(NAME, 7, 42));
    for (var view : new String[] {"", "#/event/" + NAME + "/7", "#/event"}) {
      var page = open(view);
      page.shows(view.isEmpty() ? NAME : view.endsWith("7") ? "Cancel its waits" : "Enter the");
      page.js("document.querySelectorAll('details').forEach(each => each.open = true)");
      page.js(axe);
      for (var scheme : new String[] {"light", "dark"}) {
        assertThat(axe(page.colours(scheme).size(1280, 900))).as(view + scheme).isEmpty();
        assertThat(axe(page.size(320, 700))).as(view + scheme).isEmpty();
        assertThat(page.js(WIDTH)).as(view).isEqualTo(320);
      }
      assertThat(page.size(3840, 2160).js(WIDTH)).as(view).isEqualTo(3840);
      assertSound(page);
    }
  }

  /** The negative control of the test before. */
  @Test
  void whatKeepsPeopleOutIsFound(Server asked) {
    serve(asked);
    var page = open("#/event").size(320, 700);
    page.shows("Enter the");
    page.js(axe);
    page.js("document.getElementById('theme').removeAttribute('aria-label')");
    assertThat(axe(page)).anyMatch(rule -> rule.startsWith("select-name"));
    page.js("document.querySelector('main').append('x'.repeat(500))");
    assertThat((Integer) page.js(WIDTH)).isGreaterThan(320);
    page.js("fetch('https://elsewhere.example/').catch(() => {})");
    Await.until(() -> !page.complaints().isEmpty());
    assertThat(page.complaints().get(0)).contains("Content Security Policy");
  }

  @Test
  void itIsDarkWhereTheSystemIsOrTheReaderSaysSo(Server asked) {
    serve(asked);
    var page = open("#/event").colours("light");
    page.shows("Enter the");
    var light = page.js(PAPER);
    var dark = page.colours("dark").js(PAPER);
    assertThat(dark).isNotEqualTo(light);
    assertThat(choose(page, "light").js(PAPER)).isEqualTo(light);
    choose(page.colours("light"), "dark").open(origin + "/console/?again#/event");
    page.until("location.search === '?again' && document.readyState === 'complete'");
    assertThat(page.js(PAPER)).isEqualTo(dark);
    assertThat(choose(page, "").js(PAPER)).isEqualTo(light);
    assertSound(page);
  }

  private static Page choose(Page page, String theme) {
    page.js("theme.value = '%s'; theme.dispatchEvent(new Event('change'))".formatted(theme));
    return page;
  }

  @Test
  void anEventIsFoundAndWaitedForAndEmittedWithTheKeyboardAlone(Server asked) {
    serve(asked);
    var page = open("");
    page.shows("All is well");
    focus(page, "document.activeElement.name === 'name'");
    page.type("orders.sent").press("Tab").type("7/8 ü").press("Enter");
    page.shows("orders.sent / 7/8 ü");
    open(page, "Wait for it");
    focus(page, "document.activeElement.textContent === 'Wait'");
    page.press("Enter");
    page.shows("Waiting…");
    Await.until(() -> asked.broker().channels().contains("orders.sent:7/8 ü"));
    open(page, "Emit it");
    focus(page, "document.activeElement.name === 'args'");
    page.js("document.activeElement.select()");
    page.type("[42, \"EUR\"]");
    focus(page, "document.activeElement.textContent === 'Emit'");
    page.press("Enter");
    page.shows("1 receiver heard it.");
    open(page, "Wait for it");
    page.shows("The event came, with 2 arguments.");
    page.shows("\"EUR\"");
    assertSound(page);
  }

  /** Goes on by the tabulator key until something has the focus. */
  private static void focus(Page page, String there) {
    for (var presses = 0; !page.js(there).equals(true); presses++) {
      assertThat(presses).as(there).isLessThan(60);
      page.press("Tab");
    }
  }

  private static void open(Page page, String action) {
    page.shows(action);
    focus(
        page,
        "document.activeElement.localName === 'summary' && document.activeElement.textContent === '%s'"
            .formatted(action));
    page.press("Enter");
  }

  /** Presses a button, be it in an action that is closed. */
  private static void press(Page page, String button) {
    page.js(
        """
        for (const button of document.querySelectorAll('button')) {
          if (button.textContent === '%s') {
            button.closest('details')?.setAttribute('open', '')
            button.click()
          }
        }
        """
            .formatted(button));
  }

  @Test
  void aWaitOfAnotherServerIsExplainedAndFailedAndCancelled(Server asked, Server other) {
    serve(asked);
    other.deploy();
    var failed = other.events().listen(NAME, 7);
    result(failed.subscribed());
    var page = open("#/event/" + NAME + "/7");
    page.shows("It is waited for.");
    page.shows("Redis confirmed the subscription");
    page.js("document.querySelector('[name=message]').value = 'no room'");
    press(page, "Emit the failure");
    assertThat(failure(failed.future())).hasMessageContaining("no room");
    page.shows("The job failed");
    var cancelled = other.events().on(NAME, 8);
    page.open(origin + "/console/#/event/" + NAME + "/8");
    page.shows("It is waited for.");
    press(page, "Cancel all waits for it");
    page.shows("1 wait cancelled.");
    assertThat(Cause.of(failure(cancelled))).isEqualTo(Cause.CANCELLED);
    page.shows("The wait was cancelled");
    assertSound(page);
  }

  private static JsonObject key(String name, String key) {
    return new JsonObject()
        .put("name", name)
        .put("sha256", Sha256.hex(key.getBytes(StandardCharsets.UTF_8)))
        .put("wait", new JsonArray().add("orders.*"));
  }

  @Test
  void aKeyShowsAndOffersWhatItMayDoAndNoMore(Server asked) {
    var keys =
        new JsonArray().add(key("console", KEY).put("console", true)).add(key("other", OTHER_KEY));
    serve(asked, new RoutesOptions(new JsonObject().put("keys", keys)));
    var page = open("#/event/" + NAME + "/7");
    enter(page, "This server asks for an API key.", OTHER_KEY);
    page.shows("You may not use the console");
    press(page, "API key");
    enter(page, "This tab has a key.", "wrong");
    enter(page, "This key is not known here.", KEY);
    page.shows("Wait for it");
    assertThat(page.text()).doesNotContain("Emit it", "Cancel its waits");
    press(page, "Wait");
    page.shows("Waiting…");
    Await.until(() -> asked.broker().channels().contains(NAME + ":7"));
    result(asked.events().emit(NAME, 7, "secret"));
    page.shows("The event came, with 1 argument.");
    page.shows("An event was published");
    assertThat(page.text()).doesNotContain("secret");
    assertThat(page.js("JSON.stringify(localStorage)")).isEqualTo("{}");
    assertThat(page.requests()).allMatch(url -> !url.contains(KEY));
  }

  private static void enter(Page page, String why, String key) {
    page.shows(why);
    page.until("document.activeElement.name === 'key'");
    page.type(key).press("Enter");
  }

  @Test
  void whenTheServerIsAwayItSaysSoAndKeepsWhatItKnew(Server asked) {
    var id = serve(asked);
    var page = open("");
    page.shows("All is well on 1 server.");
    result(asked.vertx().undeploy(id));
    page.shows("The server cannot be reached. What you see is of");
    page.shows("Not live");
    page.shows("All is well on 1 server.");
  }

  @Test
  void whenItsClientAsksTooMuchItSaysSoAndGoesOnLater(Server asked) {
    var options = new RoutesOptions();
    serve(asked, options);
    var page = open("");
    page.shows("All is well on 1 server.");
    var quotas = new Quotas(asked.vertx(), options);
    var others =
        quotas
            .client(null, SocketAddress.inetSocketAddress(1, "127.0.0.1"))
            .enter(Kind.QUESTIONS, (int) options.getPerClient().getQuestions());
    page.shows("its limit of questions is 16 (http.perClient.questions). What you see is of");
    page.shows("Not live");
    page.shows("All is well on 1 server.");
    others.close();
    page.until("live.textContent === 'Live' && !document.querySelector('.problem')");
  }

  @Test
  void itNamesTheClientThatIsNearAQuotaOfAnyServer(Server asked, Server other) {
    serve(asked);
    other.deploy();
    var page = open("");
    page.shows("All is well on 2 servers.");
    var waits = new Quotas(other.vertx(), new RoutesOptions()).client(User.fromName("shop"), null);
    var permit = waits.enter(Kind.WAITS, 17_000);
    page.shows("shop has 85 % of http.perClient.waits in use");
    assertThat(cell(page, "limits", "http.perClient.waits", "Client")).isEqualTo("shop");
    assertThat(cell(page, "limits", "http.perClient.waits", "Used")).isEqualTo("17,000");
    permit.close();
    page.shows("All is well on 2 servers.");
    assertSound(page);
  }

  /** Far fewer than a client may ask, so that several people may look. */
  @Test
  void aPageAsksTwoQuestionsAtATimeAtMost(Server asked) {
    var options = new RoutesOptions();
    options.getPerClient().setQuestions(2);
    serve(asked, options);
    result(asked.events().listen(NAME, 7).subscribed());
    try (var silent = asked.broker().subscribe(List.of("$servers"), question -> {})) {
      assertThat(silent).isNotNull(); // and so each question lasts until the patience is over
      var page = open("#/event/" + NAME + "/7");
      for (var path : new String[] {"/api/overview", "/api/events/" + NAME + "/7"}) {
        Await.until(() -> page.requests().stream().filter(url -> url.endsWith(path)).count() > 2);
      }
      page.shows("It is waited for.");
      assertSound(page);
    }
  }
}
