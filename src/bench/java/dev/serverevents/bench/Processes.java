package dev.serverevents.bench;

import dev.serverevents.app.EmbeddedRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Redis, NATS where it is installed, their workers, and an API server for each contender. */
final class Processes implements AutoCloseable {

  private static final List<String> ON_REDIS =
      List.of(
          "ours exact",
          "ours direct",
          "ours exact claimed",
          "ours direct claimed",
          "floor exact",
          "floor direct",
          "lettuce",
          "redisson");

  /** Those that are measured only where they are asked for. */
  private static final Pattern SPECIAL = Pattern.compile("claimed$");

  private final EmbeddedRedis redis;
  private final List<Child> all = new ArrayList<>();
  private final Map<String, Child> apis = new LinkedHashMap<>();
  private final Child worker;

  /** Starts them; {@code wanted} names contenders, all but the special ones if it is empty. */
  Processes(List<String> wanted) throws IOException {
    redis = EmbeddedRedis.start();
    worker = jvm("worker", WorkerMain.class, "redis", redis.url());
    for (var name : ON_REDIS) {
      if (wanted.isEmpty() ? !SPECIAL.matcher(name).find() : wanted.contains(name)) {
        apis.put(name, api(name));
      }
    }
    if (wanted.isEmpty() || wanted.contains("nats")) {
      startNats();
    }
  }

  private void startNats() throws IOException {
    var port = EmbeddedRedis.freePort();
    try {
      all.add(Child.server("nats-server", "nats-server", "-a", "127.0.0.1", "-p", "" + port));
    } catch (IOException absent) {
      System.out.println("no nats-server here, so NATS is left out");
      return;
    }
    var url = "nats://127.0.0.1:" + port;
    jvm("nats worker", WorkerMain.class, "nats", url);
    apis.put("nats", jvm("nats", ApiMain.class, "nats", url));
  }

  /** Starts one more API server on Redis. */
  Child api(String contender) throws IOException {
    return jvm(contender, ApiMain.class, contender, redis.url());
  }

  /** Starts a main class in a JVM. */
  Child jvm(String name, Class<?> main, String... arguments) throws IOException {
    var child = Child.jvm(name, main, arguments);
    all.add(child);
    return child;
  }

  /** How long Redis has used a CPU; it is the child of a shell that guards it. */
  Duration redisCpu() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::info)
        .filter(process -> process.command().orElse("").contains("redis"))
        .map(process -> process.totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration::plus)
        .orElseThrow();
  }

  String redisUrl() {
    return redis.url();
  }

  Child worker() {
    return worker;
  }

  /** The contenders' API servers by name. */
  Map<String, Child> apis() {
    return apis;
  }

  List<Child> all() {
    return all;
  }

  @Override
  public void close() {
    all.forEach(Child::close);
    redis.close();
  }
}
