package dev.serverevents.bench;

import static dev.serverevents.ServerEventsOptions.DEFAULT_EXPLAIN_STEPS;
import static io.vertx.core.VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.WaitOptions;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The API server of one contender, or of several that are compared within one process. It reads
 * {@code cycles IN_FLIGHT MS [CONTENDER]}, {@code pending WAITS}, {@code timeouts WAITS} and {@code
 * burst EMITS} from standard input, line by line, and prints what it measured.
 */
final class ApiMain {

  private static final WaitOptions EXACT = WaitOptions.DEFAULT;
  private static final WaitOptions DIRECT = EXACT.direct(true);

  /** Between the names of contenders that share a process. */
  static final String SEPARATOR = ",";

  private ApiMain() {}

  /** Takes the contenders' names, the server's URL and, of a cluster, how to find it. */
  public static void main(String[] args) throws Exception {
    var contenders = new ArrayList<Contender>();
    for (var name : args[0].split(SEPARATOR, -1)) {
      contenders.add(contender(name, contenders, args));
    }
    var first = contenders.get(0);
    try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (var line = input.readLine(); line != null; line = input.readLine()) {
        var words = line.split(" ", -1);
        var number = Integer.parseInt(words[1]);
        var result =
            switch (words[0]) {
              case "cycles" -> cycles(named(contenders, words), number, Long.parseLong(words[2]));
              case "pending" -> Load.pending(first, number);
              case "timeouts" -> timeouts(first, number);
              case "burst" -> Load.burst(first, number);
              default -> throw new IllegalArgumentException(line);
            };
        System.out.println(result.encode());
      }
    }
    contenders.forEach(Contender::close);
    System.exit(0);
  }

  private static Contender named(List<Contender> contenders, String... words) {
    return contenders.get(words.length > 3 ? Integer.parseInt(words[3]) : 0);
  }

  private static Contender contender(String name, List<Contender> others, String... args)
      throws Exception {
    var url = args[1];
    return switch (name) {
      case "ours cluster exact" -> new Ours(url, cluster(args[2]), EXACT);
      case "ours cluster direct" -> new Ours(url, cluster(args[2]), DIRECT);
      case "ours exact" -> new Ours(url, EXACT);
      case "ours direct" -> new Ours(url, DIRECT);
      case "ours exact claimed" -> new Ours(url, EXACT.watchWorker());
      case "ours direct claimed" -> new Ours(url, DIRECT.watchWorker());
      case "ours exact explained" -> explained(url, EXACT, others, DEFAULT_EXPLAIN_STEPS);
      case "ours direct explained" -> explained(url, DIRECT, others, DEFAULT_EXPLAIN_STEPS);
      case "ours exact unexplained" -> explained(url, EXACT, others, 0);
      case "ours direct unexplained" -> explained(url, DIRECT, others, 0);
      case "ours exact loops" -> new Ours(url, EXACT, DEFAULT_EVENT_LOOP_POOL_SIZE);
      case "ours direct loops" -> new Ours(url, DIRECT, DEFAULT_EVENT_LOOP_POOL_SIZE);
      case "floor exact" -> new Floor(url, false);
      case "floor direct" -> new Floor(url, true);
      case "nats" -> new NatsRequests(url);
      case "lettuce" -> new LettuceSubscriptions(url);
      case "redisson" -> new RedissonTopics(url);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Two that differ in nothing else share all else. */
  private static Contender explained(
      String url, WaitOptions options, List<Contender> others, int steps) {
    return others.isEmpty()
        ? new Explained(new Ours(url, options), steps)
        : ((Explained) others.get(0)).remembering(steps);
  }

  private static RedisServerOptions cluster(String json) {
    return new RedisServerOptions(new JsonObject(json));
  }

  private static JsonObject timeouts(Contender contender, int waits) throws Exception {
    var cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    var result = Load.timeouts(contender, waits);
    var used = ProcessHandle.current().info().totalCpuDuration().orElseThrow().minus(cpu);
    return result.put("cpu", used.toNanos() / 1_000.0 / waits);
  }

  static JsonObject cycles(Contender contender, int inFlight, long ms) throws Exception {
    contender.prepare();
    var cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    var lanes = Lane.run(contender, inFlight, ms);
    var used = ProcessHandle.current().info().totalCpuDuration().orElseThrow().minus(cpu);
    var latencies = lanes.latencies();
    return new JsonObject()
        .put("cyclesPerSecond", lanes.cyclesPerSecond())
        .put("p50", latencies.get(latencies.size() / 2) / 1_000)
        .put("p99", latencies.get(latencies.size() * 99 / 100) / 1_000)
        .put("cycles", latencies.size())
        .put("lost", lanes.lost())
        .put("cpu", used.toNanos() / 1_000.0 / latencies.size());
  }
}
