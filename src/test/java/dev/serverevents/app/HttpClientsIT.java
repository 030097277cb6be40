package dev.serverevents.app;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.ServerProcess;
import io.vertx.core.Promise;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The clients that people use, against the runnable jar. */
@ExtendWith(ServerExtension.class)
class HttpClientsIT {

  private static final Map<String, String> API =
      Map.of("SERVER_EVENTS_HTTP_PORT", "0", "SERVER_EVENTS_ROLES", "api");

  /** Reports, to the server of the page, all that an EventSource tells it. */
  private static final String PAGE =
      """
      <script>
        const log = []
        const source = new EventSource('%s/events/job/1/stream?timeout=60000')
        for (const type of ['progress', 'result'])
          source.addEventListener(type, e => log.push(type + ' ' + e.data))
        source.onopen = () => fetch('/open')
        source.onerror = () => {
          if (source.readyState == EventSource.CLOSED)
            fetch('/log', {method: 'POST', body: log.join('\\n')})
        }
      </script>
      """;

  @TempDir private Path directory;

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String run(String... command) throws IOException {
    return new String(start(command).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void post(String url, String body) throws IOException {
    assertThat(run("curl", "-s", "-d", body, url)).startsWith("{\"receivers\":");
  }

  private static String readEvent(BufferedReader lines) {
    return lines.lines().takeWhile(line -> !line.isEmpty()).collect(Collectors.joining("\n"));
  }

  @Test
  void curlWaitsEmitsAndStreams() throws IOException {
    Programs.assume(Programs.run(directory, "curl", "--version"), "curl, which is not here");
    try (var server = ServerProcess.start(API)) {
      var event = server.url() + "/events/job/1";
      var stream = start("curl", "-sN", event + "/stream");
      try (var lines = stream.inputReader(StandardCharsets.UTF_8)) {
        assertThat(readEvent(lines)).isEqualTo(":"); // it is heard
        var waiting = start("curl", "-s", "-H", "Prefer: wait=30", event);
        post(event + "/progress", "[50]");
        assertThat(readEvent(lines)).contains("event: progress\ndata: [50]");
        while (waiting.isAlive()) {
          post(event, "[\"done\"]");
        }
        var waited = new String(waiting.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(waited).isEqualTo("[\"done\"]");
        assertThat(readEvent(lines)).contains("event: result\ndata: [\"done\"]");
        assertThat(lines.readLine()).isNull();
      }
    }
  }

  @Test
  void aWebSocketClientSubscribesAndEmits(Server test) throws IOException {
    try (var server = ServerProcess.start(API)) {
      var client = test.vertx().createWebSocketClient();
      var url = server.url().replace("http", "ws") + "/socket";
      var messages = new CopyOnWriteArrayList<String>();
      var socket =
          result(
              client
                  .connect(new WebSocketConnectOptions().setAbsoluteURI(url))
                  .onSuccess(opened -> opened.textMessageHandler(messages::add)));
      socket.writeTextMessage("{\"type\":\"subscribe\",\"name\":\"job\",\"id\":1}");
      Await.until(() -> messages.size() == 1);
      socket.writeTextMessage("{\"type\":\"emit\",\"name\":\"job\",\"id\":1,\"args\":[7]}");
      Await.until(() -> messages.stream().anyMatch(message -> message.contains("\"result\"")));
      server.terminate();
      Await.until(socket::isClosed);
      assertThat(socket.closeStatusCode()).isEqualTo((short) 1001);
      result(client.close());
    }
  }

  @Test
  void aBrowsersEventSourceHearsAllAndStopsAfterTheEnd(Server test) throws IOException {
    Programs.assume(
        Programs.run(directory, "chromium", "--version"), "Chromium, which is not here");
    var opened = Promise.<Void>promise();
    var log = Promise.<String>promise();
    var page = Promise.<String>promise();
    var pages =
        result(
            test.vertx()
                .createHttpServer()
                .requestHandler(
                    request -> {
                      switch (request.path()) {
                        case "/open" -> opened.tryComplete();
                        case "/log" ->
                            request.body().onSuccess(body -> log.tryComplete(body.toString()));
                        default -> {}
                      }
                      request
                          .response()
                          .putHeader("Content-Type", "text/html")
                          .end(request.path().equals("/") ? page.future().result() : "");
                    })
                .listen(0, "127.0.0.1"));
    var origin = "http://127.0.0.1:" + pages.actualPort();
    var conf = directory.resolve("server.json");
    Files.writeString(conf, "{\"http\":{\"cors\":[\"%s\"]}}".formatted(origin));
    try (var server = ServerProcess.start(API, "-conf", conf.toString())) {
      page.complete(PAGE.formatted(server.url()));
      var command =
          List.of(
              "chromium",
              "--headless",
              "--no-sandbox",
              "--disable-gpu",
              "--disable-dev-shm-usage",
              "--user-data-dir=" + directory.resolve("chromium"),
              "--remote-debugging-port=0",
              origin + "/");
      var chromium =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        result(opened.future());
        post(server.url() + "/events/job/1/progress", "[50]");
        post(server.url() + "/events/job/1", "[\"done\"]");
        assertThat(result(log.future())).isEqualTo("progress [50]\nresult [\"done\"]");
      } finally {
        var all = new ArrayList<>(chromium.descendants().toList());
        all.add(chromium.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
      }
    }
    result(pages.close());
  }

  @Test
  void wrkGetsNothingButAnswers() throws IOException {
    Programs.assume(
        Programs.run(directory, "/bin/sh", "-c", "command -v wrk"), "wrk, which is not here");
    try (var server = ServerProcess.start(API)) {
      var event = server.url() + "/events/job/1";
      post(event + "?retain=60000", "[\"done\"]");
      var printed = run("wrk", "-t1", "-c64", "-d3", event + "?retained=true");
      Figures.print(
          "wrk, 64 connections, retained: "
              + printed
                  .lines()
                  .filter(line -> line.contains("Requests/sec"))
                  .findFirst()
                  .orElse(""));
      assertThat(printed).contains("requests in").doesNotContain("Non-2xx", "Socket errors");
    }
  }
}
