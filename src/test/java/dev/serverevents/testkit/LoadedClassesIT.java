package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.TestRedis;
import dev.serverevents.testing.Traces;
import io.opentelemetry.context.Context;
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
  private static final String OPEN_TELEMETRY = "io.opentelemetry.";
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

  /**
   * A worker whose jobs are traced, where the context is kept with the thread: their traces must
   * not be left there.
   */
  static final class Traced {
    public static void main(String[] url) {
      var vertx = Vertx.vertx();
      var traces = Traces.of(vertx);
      Await.result(vertx.deployVerticle(ServerEventsVerticle.of(url[0])));
      var events = ServerEvents.create(vertx);
      var worker = events.work("traced", job -> events.emit("step", 1).map("done"));
      Await.result(worker.ready());
      var done = Await.result(events.request("traced", 1, events.jobList("traced")::push));
      Await.result(worker.close());
      var isLeft = Await.result(events.emit("no job", 1).map(last -> Context.current()));
      var work = traces.span("work traced").getSpanId();
      var isWithin = traces.span("publish step").getParentSpanId().equals(work);
      System.out.println(done + " " + (isWithin && isLeft == Context.root()));
      Await.result(vertx.close());
    }
  }

  /** A class path without some jars. */
  private static String without(String part, String classPath) {
    return Stream.of(classPath.split(File.pathSeparator, -1))
        .filter(jar -> !jar.contains(part))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Without Vert.x's own tracing, which loads OpenTelemetry whether it is used or not. */
  private static List<String> loadedBy(Class<?> program, String... arguments) throws IOException {
    return loadedWithout("vertx-opentelemetry", program, arguments);
  }

  /** The classes that a program loads; it has to print what the other ones do. */
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
    var loaded = loadedBy(OnRedis.class, TestRedis.shared().url());
    assertThat(ofRedis(loaded))
        .anyMatch(name -> name.startsWith(CLIENT))
        .anyMatch(name -> name.startsWith(OURS));
    assertThat(loaded).noneMatch(name -> name.startsWith(OPEN_TELEMETRY));
  }

  @Test
  void withoutOpenTelemetryNothingIsMissing() throws IOException {
    var loaded = loadedWithout("opentelemetry", OnRedis.class, TestRedis.shared().url());
    assertThat(loaded).noneMatch(name -> name.startsWith(OPEN_TELEMETRY));
  }

  @Test
  void whereItIsThereWhoTracesLoadsIt() throws IOException {
    assertThat(loadedBy(Traced.class, TestRedis.shared().url()))
        .anyMatch(name -> name.startsWith(OPEN_TELEMETRY));
  }
}
