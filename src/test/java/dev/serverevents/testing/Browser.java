package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A headless Chromium, driven by the DevTools protocol over a WebSocket. */
public final class Browser implements AutoCloseable {

  private static final int MOST_BYTES = 1 << 26;

  private final Vertx vertx = Vertx.vertx();
  private final Process process;

  /** Its sockets would be closed if nobody had it. */
  private final WebSocketClient client;

  private final WebSocket socket;
  private final AtomicInteger sent = new AtomicInteger();
  private final Map<Integer, Promise<JsonObject>> asked = new ConcurrentHashMap<>();
  private final Map<String, Page> pages = new ConcurrentHashMap<>();

  private Browser(Process process, JsonArray port) {
    this.process = process;
    client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(MOST_BYTES).setMaxMessageSize(MOST_BYTES));
    socket =
        Await.result(
            client.connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(Integer.valueOf(port.getString(0)))
                    .setURI(port.getString(1))));
    socket.textMessageHandler(message -> received(new JsonObject(message)));
  }

  /** Skips the test where there is no Chromium, and starts it with its files in a directory. */
  public static Browser start(Path directory) {
    Programs.assume(
        Programs.run(directory, "chromium", "--version"), "Chromium, which is not here");
    var command =
        List.of(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--hide-scrollbars",
            "--user-data-dir=" + directory,
            "--remote-debugging-port=0",
            "about:blank");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      var port = directory.resolve("DevToolsActivePort");
      Await.until(() -> Files.exists(port) && Files.readAllLines(port).size() > 1);
      return new Browser(process, new JsonArray(Files.readAllLines(port)));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Opens an empty page, which shares nothing with the others. */
  public Page page() {
    var context = call("Target.createBrowserContext", new JsonObject(), null);
    var target =
        call(
            "Target.createTarget",
            new JsonObject()
                .put("url", "about:blank")
                .put("browserContextId", context.getString("browserContextId")),
            null);
    var session =
        call(
                "Target.attachToTarget",
                new JsonObject().put("targetId", target.getString("targetId")).put("flatten", true),
                null)
            .getString("sessionId");
    var page = new Page(session);
    pages.put(session, page);
    for (var domain : List.of("Page", "Runtime", "Log", "Network")) {
      page.call(domain + ".enable");
    }
    return page;
  }

  private JsonObject call(String method, JsonObject parameters, String session) {
    var id = sent.incrementAndGet();
    var answer = Promise.<JsonObject>promise();
    asked.put(id, answer);
    var message = new JsonObject().put("id", id).put("method", method).put("params", parameters);
    if (session != null) {
      message.put("sessionId", session);
    }
    return Await.result(
        socket.writeTextMessage(message.encode()).compose(written -> answer.future()));
  }

  private void received(JsonObject message) {
    if (message.containsKey("id")) {
      var promise = asked.remove(message.getInteger("id"));
      if (message.containsKey("error")) {
        promise.fail(message.getJsonObject("error").encode());
      } else {
        promise.complete(message.getJsonObject("result"));
      }
      return;
    }
    var page = pages.get(message.getString("sessionId", ""));
    if (page != null) {
      page.told(message.getString("method"), message.getJsonObject("params"));
    }
  }

  @Override
  public void close() {
    var all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
    Await.result(vertx.close());
  }

  /** One page. */
  public final class Page {

    private final String session;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private Page(String session) {
      this.session = session;
    }

    /** What the browser says is wrong: errors of scripts, of the network and of the policy. */
    public List<String> complaints() {
      return complaints;
    }

    /** The URLs of all that the page has asked for. */
    public List<String> requests() {
      return requests;
    }

    private JsonObject call(String method, Object... parameters) {
      var all = new JsonObject();
      for (var i = 0; i < parameters.length; i += 2) {
        all.put((String) parameters[i], parameters[i + 1]);
      }
      return Browser.this.call(method, all, session);
    }

    private void told(String method, JsonObject about) {
      switch (method) {
        case "Runtime.exceptionThrown" -> complaints.add(about.encode());
        case "Runtime.consoleAPICalled" -> {
          if (List.of("error", "warning", "assert").contains(about.getString("type"))) {
            complaints.add(about.encode());
          }
        }
        case "Log.entryAdded" -> {
          var entry = about.getJsonObject("entry");
          if (List.of("error", "warning").contains(entry.getString("level"))) {
            complaints.add(entry.encode());
          }
        }
        case "Network.requestWillBeSent" ->
            requests.add(about.getJsonObject("request").getString("url"));
        default -> {}
      }
    }

    /** Goes to a URL. */
    public Page open(String url) {
      call("Page.navigate", "url", url);
      return this;
    }

    /** Sets how large the page is, in CSS pixels. */
    public Page size(int width, int height) {
      call(
          "Emulation.setDeviceMetricsOverride",
          "width",
          width,
          "height",
          height,
          "deviceScaleFactor",
          1,
          "mobile",
          false);
      return this;
    }

    /** Sets which colours the system prefers: light or dark. */
    public Page colours(String scheme) {
      var feature = new JsonObject().put("name", "prefers-color-scheme").put("value", scheme);
      call("Emulation.setEmulatedMedia", "features", new JsonArray().add(feature));
      return this;
    }

    /** The value of an expression, or of the promise that it is. */
    public Object js(String expression) {
      var result =
          call(
              "Runtime.evaluate",
              "expression",
              expression,
              "awaitPromise",
              true,
              "returnByValue",
              true);
      if (result.containsKey("exceptionDetails")) {
        throw new AssertionError(result.getJsonObject("exceptionDetails").encodePrettily());
      }
      return result.getJsonObject("result").getValue("value");
    }

    /** Returns when an expression is true. */
    public void until(String expression) {
      Await.until(() -> Objects.equals(js(expression), true));
    }

    /** The text of the page. */
    public String text() {
      return (String) js("document.body?.innerText ?? ''");
    }

    /** Returns when the page shows a text. */
    public void shows(String text) {
      Await.untilAsserted(() -> assertThat(text()).contains(text));
    }

    /** Presses and releases a key that is no character. */
    public Page press(String key) {
      var code = Map.of("Tab", 9, "Enter", 13, "Escape", 27, " ", 32).get(key);
      var text = key.equals("Enter") ? "\r" : key.equals(" ") ? " " : "";
      for (var type : List.of("keyDown", "keyUp")) {
        call(
            "Input.dispatchKeyEvent",
            "type",
            type,
            "key",
            key,
            "windowsVirtualKeyCode",
            code,
            "text",
            type.equals("keyDown") ? text : "");
      }
      return this;
    }

    /** Types a text where the focus is. */
    public Page type(String text) {
      call("Input.insertText", "text", text);
      return this;
    }

    /** What the page looks like, as a PNG. */
    public byte[] picture() {
      return Base64.getDecoder()
          .decode(call("Page.captureScreenshot", "format", "png").getString("data"));
    }
  }
}
