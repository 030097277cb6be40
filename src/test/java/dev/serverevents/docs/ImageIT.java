package dev.serverevents.docs;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.RedisContainer;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The image, built and run by the commands of the page on operations. Where there is no registry,
 * the image with a JDK, which the build begins with, is made of this machine's: its JDK, and the
 * few programs that the build runs, with their libraries.
 */
@Tag("jdk")
@ExtendWith(ServerExtension.class)
class ImageIT {

  private static final String NAME = "server-events-test";
  private static final String JDK = NAME + "-jdk";
  private static final String PROGRAMS = "cat cp grep ldd mkdir rm setsid sort xargs";
  private static final String JAVA_HOME = System.getProperty("java.home");

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void build() {
    Programs.assume(
        RedisContainer.isPossible() && Programs.run(Path.of("."), "docker", "version"),
        "no Docker engine answers on this machine, so the image is not built");
    remove();
    shell(
        """
        java=%s
        programs="/bin/sh /bin/bash $(for program in %s; do command -v $program; done)"
        libraries=$(ldd $programs $java/bin/java $java/bin/jlink $java/lib/*.so $java/lib/server/*.so)
        files=$(for file in $programs $libraries; do echo ${file%%:}; done | grep '^/' | grep -v "^$java/" | sort -u)
        tar -ch --hard-dereference --exclude=src.zip $files $java --no-recursion /tmp \\
          | docker import -c "ENV PATH=$java/bin:/usr/bin:/bin" - %s
        """
            .formatted(JAVA_HOME, PROGRAMS, JDK));
    shell(
        command("docker build")
            .replace("docker build", "docker build --build-arg JDK_IMAGE=" + JDK));
  }

  @AfterAll
  static void remove() {
    shell("docker rm -f %1$s 2>&1; docker image rm -f %1$s %2$s 2>&1; true".formatted(NAME, JDK));
  }

  /** A command of the page, for what is called otherwise here. */
  private static String command(String begin) {
    var page = Pages.page("operations.md");
    return page.code("sh", "The image").stream()
        .flatMap(block -> Pages.matches("(?m)^\\Q" + begin + "\\E(?:.*\\\\\n)*.*$", block).stream())
        .map(found -> found.group().replace(" server-events", " " + NAME))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no command " + begin + " in " + page));
  }

  private static String shell(String script) {
    try {
      var process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
      var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(script + "\n" + printed).isZero();
      return printed.strip();
    } catch (IOException failed) {
      throw new AssertionError(failed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Starts it as the page does, but on another port and with this Redis. */
  private static int start(Server server, String options) {
    var port = TestRedis.freePort();
    shell(
        command("docker run")
            .replace("redis://localhost:6379", server.redis().url())
            .replace(
                "docker run",
                "docker run --user 12345:12345 -e SERVER_EVENTS_HTTP_PORT=" + port + options));
    Await.until(() -> shell("docker logs " + NAME + " 2>&1").contains("listening on"));
    return port;
  }

  private CompletableFuture<HttpResponse<String>> ask(int port, String path, String body) {
    var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    if (!body.isEmpty()) {
      request.POST(BodyPublishers.ofString(body));
    }
    return client.sendAsync(request.build(), BodyHandlers.ofString());
  }

  private static String inspect(String what) {
    return shell("docker inspect --format '{{" + what + "}}' " + NAME);
  }

  /** From the start of its process until the server says that it has started. */
  private static long startMs() {
    var line = shell("docker logs %s 2>&1 | grep 'ServerVerticle - started'".formatted(NAME));
    var began = OffsetDateTime.parse(inspect(".State.StartedAt"));
    return Duration.between(began, OffsetDateTime.parse(line.split(" ", 2)[0])).toMillis();
  }

  @Test
  void itAnswersIsHealthyAndDrains(Server server) throws Exception {
    server.deploy();
    var port = start(server, " --health-interval 1s");
    var pi = ask(port, "/demo/pi", "{\"digits\": 10}").join();
    assertThat(new JsonObject(pi.body()).getString("pi")).isEqualTo("3.141592653");
    Await.until(() -> inspect(".State.Health.Status").equals("healthy"));
    Figures.print("the image starts in " + startMs() + " ms");

    var answered = ask(port, "/events/image/1?timeout=60000", "");
    var ended = ask(port, "/events/image/2?timeout=60000", "");
    Await.until(() -> ask(port, "/metrics", "").join().body().contains("waits_pending 2.0"));
    // in a thread of its own: from JDK 25 on, one of the common pool is all that the client may
    // have
    Executor thread = task -> new Thread(task, "docker-stop").start();
    var stop = CompletableFuture.supplyAsync(() -> shell(command("docker stop")), thread);
    Await.until(() -> ask(port, "/health/ready", "").join().statusCode() == 503);
    assertThat(ask(port, "/events/image/3", "").join().statusCode()).isEqualTo(503);
    result(server.events().emit("image", 1, "in time"));
    assertThat(answered.join().body()).isEqualTo("[\"in time\"]");
    assertThat(ended.join().statusCode()).isEqualTo(503);
    assertThat(ended.join().body()).contains("\"detail\":");
    stop.join();
    assertThat(inspect(".State.ExitCode")).isEqualTo("143");
    shell("docker rm " + NAME);
  }

  /** JVMs say which of their classes come from what was kept at the build. */
  @Test
  void itStartsByWhatTheRehearsalHasKept(Server server) {
    start(server, " -e JDK_JAVA_OPTIONS=-Xlog:class+load");
    assertThat(shell("docker logs " + NAME + " 2>&1"))
        .contains("dev.serverevents.app.Main source: shared objects file");
    Figures.print(
        "the image has " + shell("docker image inspect --format '{{.Size}}' " + NAME) + " bytes");
    shell(command("docker stop") + " && docker rm " + NAME);
  }
}
