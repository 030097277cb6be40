package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.tracing.OpenTelemetryTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A test on the kit loads nothing that knows Redis, and who does not trace loads nothing of
 * OpenTelemetry: what is loaded, a JVM of its own tells.
 */
class LoadedClassesIT {

  private static final String CLIENT = "io.vertx.redis.client.";
  private static final String OURS = "dev.serverevents.internal.redis.";

  /** What a user's test does, on the kit. */
  static final class OnTheKit {
    public static void main(String[] none) {
      try (var kit = InMemoryServerEvents.create()) {
        kit.answer("job", job -> EventArgs.of(job.data()));
        var events = kit.events();
        var jobs = events.jobList("job");
        var priced = events.request("job", 1, job -> jobs.push(job.data("done")));
        kit.settle();
        kit.gap();
        kit.redisDown();
        var late = events.on("job", 2);
        kit.clock().advance(Duration.ofMinutes(1));
        kit.redisUp();
        System.out.println(priced.result() + " " + late.failed());
      }
    }
  }

  /** The same on a Redis whose URL it is given: here the log must have those classes. */
  static final class OnRedis {
    public static void main(String[] url) {
      var vertx = Vertx.vertx();
      Await.result(vertx.deployVerticle(ServerEventsVerticle.of(url[0])));
      var events = ServerEvents.create(vertx);
      var done = events.request("job", 1, () -> events.emit("job", 1, "done"));
      System.out.println(Await.result(done) + " true");
      Await.result(vertx.close());
    }
  }

  /** The same with a tracing. */
  static final class Traced {
    public static void main(String[] url) {
      var vertx = Vertx.vertx();
      OpenTelemetryTracing.bind(vertx, OpenTelemetry.noop());
      Await.result(vertx.deployVerticle(ServerEventsVerticle.of(url[0])));
      var events = ServerEvents.create(vertx);
      System.out.println(
          Await.result(events.request("job", 2, () -> events.emit("job", 2, "done"))) + " true");
      Await.result(vertx.close());
    }
  }

  private static final String OPEN_TELEMETRY = "io.opentelemetry.";

  /** The jars of Vert.x's own tracing, which load it whether it is used or not. */
  private static String without(String part, String classPath) {
    return Stream.of(classPath.split(File.pathSeparator, -1))
        .filter(jar -> !jar.contains(part))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The classes that a program loads; it has to print what the other one does. */
  private static List<String> loadedBy(Class<?> program, String... arguments) throws IOException {
    return loadedWithout("vertx-opentelemetry", program, arguments);
  }

  private static List<String> loadedWithout(String jars, Class<?> program, String... arguments)
      throws IOException {
    var java = ProcessHandle.current().info().command().orElse("java");
    var all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var classPath = without(jars, all);
    var log = "-Xlog:class+load=info:stdout:none";
    var command = new ArrayList<>(List.of(java, log, "-cp", classPath));
    command.add(program.getName());
    command.addAll(Arrays.asList(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output).contains("[\"done\"] true");
    return output
        .lines()
        .filter(line -> line.contains(" source: "))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private static List<String> ofRedis(List<String> loaded) {
    assertThat(loaded).contains(ServerEvents.class.getName()).hasSizeGreaterThan(1_000);
    return loaded.stream()
        .filter(name -> name.startsWith(CLIENT) || name.startsWith(OURS))
        .toList();
  }

  @Test
  void noneIsOfTheRedisClientOrOfWhatUsesItOnTheKit() throws IOException {
    assertThat(ofRedis(loadedBy(OnTheKit.class))).isEmpty();
  }

  @Test
  void onRedisTheSameLogHasThem() throws IOException {
    assertThat(ofRedis(loadedBy(OnRedis.class, TestRedis.shared().url())))
        .anyMatch(name -> name.startsWith(CLIENT))
        .anyMatch(name -> name.startsWith(OURS));
  }

  @Test
  void withoutOpenTelemetryNothingIsMissing() throws IOException {
    var loaded = loadedWithout("opentelemetry", OnRedis.class, TestRedis.shared().url());
    assertThat(loaded).noneMatch(name -> name.startsWith(OPEN_TELEMETRY));
  }

  @Test
  void whereItIsThereItIsLoadedByWhoTracesAlone() throws IOException {
    assertThat(loadedBy(OnRedis.class, TestRedis.shared().url()))
        .noneMatch(name -> name.startsWith(OPEN_TELEMETRY));
    assertThat(loadedBy(Traced.class, TestRedis.shared().url()))
        .anyMatch(name -> name.startsWith(OPEN_TELEMETRY));
  }
}
