package dev.serverevents.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.faults.ProofApi.Kind;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A 504 is proof. Waits of every kind are made on two servers; events are published beside Redis at
 * random times around their deadlines, while connections are cut, swallow bytes, are slow or are
 * killed, and servers and Redis are stopped for a while. What the publisher was told, and when, is
 * compared with what became of each wait.
 *
 * <p>{@code -Dproof.seed} replays a run as far as the machine allows; {@code -Dproof.waits} is how
 * many waits each run makes.
 */
@Tag("long")
@Tag("alone")
class ProofIT {

  private static final int WAITS = Integer.getInteger("proof.waits", 50_000);
  private static final long SEED = Long.getLong("proof.seed", System.nanoTime());
  private static final int SERVERS = 2;
  private static final String NAME = "proof";

  /** What is known of a wait. */
  private static final class Wait {
    final long deadline;
    volatile long acknowledged = Long.MAX_VALUE;
    volatile String outcome = "";

    Wait(long deadline) {
      this.deadline = deadline;
    }

    boolean isWrong() {
      return outcome.equals("TIMED_OUT") && acknowledged < deadline;
    }
  }

  /** One server, its proxy, and its waits. */
  private final class Server {
    final String name;
    final TcpProxy proxy;
    final Process process;
    final Map<Integer, Wait> heard = new ConcurrentHashMap<>();
    final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    final Map<Integer, String> ended = new ConcurrentHashMap<>();
    final List<String> twice = new ArrayList<>();
    final Thread reader;

    Server(int number, long probeTimeout) {
      name = NAME + number;
      proxy = TcpProxy.before(redis);
      try {
        process =
            new ProcessBuilder(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ProofApi.class.getName(),
                    proxy.url(),
                    String.valueOf(probeTimeout),
                    name,
                    String.valueOf(WAITS / SERVERS),
                    String.valueOf(SEED + number))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      reader = new Thread(() -> process.inputReader().lines().forEach(this::read), name);
      reader.setDaemon(true);
      reader.start();
    }

    void read(String line) {
      var words = line.split(" ", 5);
      if (words[0].equals("s")) {
        var wait = new Wait(Long.parseLong(words[3]));
        heard.put(Integer.valueOf(words[1]), wait);
        var replyTo = words.length > 4 ? words[4] : "";
        publishSometime(Integer.parseInt(words[1]), Kind.valueOf(words[2]), wait, replyTo);
      } else if (words[0].equals("e")) {
        var id = Integer.valueOf(words[1]);
        outcomes.merge(words[2], 1, Integer::sum);
        if (ended.put(id, words[2]) != null) {
          twice.add(line);
        }
        var wait = heard.get(id);
        if (wait != null) {
          wait.outcome = words[2];
        }
      }
    }

    /** Whether its process has ended, and all that it printed is read. */
    boolean isDone() {
      return !process.isAlive() && !reader.isAlive();
    }

    /** Mostly close to the deadline, at times long before it, or never. */
    void publishSometime(int id, Kind kind, Wait wait, String replyTo) {
      var left = wait.deadline - System.nanoTime();
      var when = random.nextInt(10);
      if (when == 0 || publisher.isShutdown()) {
        return;
      }
      var ns =
          when < 3
              ? (long) (left * random.nextDouble())
              : left + TimeUnit.MILLISECONDS.toNanos(random.nextInt(500) - 350);
      var unused =
          publisher.schedule(
              () -> publish(id, kind, wait, replyTo), Math.max(0, ns), TimeUnit.NANOSECONDS);
    }

    void publish(int id, Kind kind, Wait wait, String replyTo) {
      var payload = "[\"%s\",%d,1]".formatted(name, id);
      var emit = TestRedis.retainedEmit(name, id, payload);
      Future<?> acknowledged =
          switch (kind) {
            case RETAINED -> redis.send(emit.get(0)).compose(kept -> redis.send(emit.get(1)));
            case DIRECT -> redis.send(Request.cmd(Command.PUBLISH).arg(replyTo).arg(payload));
            case PLAIN, STREAM -> redis.send(emit.get(1));
          };
      acknowledged.onSuccess(receivers -> wait.acknowledged = System.nanoTime());
    }

    void signal(String signal) {
      Programs.run(Path.of("."), "kill", "-" + signal, String.valueOf(process.pid()));
    }

    List<Integer> wrong() {
      return heard.entrySet().stream()
          .filter(wait -> wait.getValue().isWrong())
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  private final Random random = new Random(SEED);
  private final TestRedis redis = TestRedis.start();
  private final ScheduledExecutorService publisher = Executors.newScheduledThreadPool(1);

  /** Breaks something, for a while, as long as a server has waits. */
  private void faults(List<Server> servers) {
    var faults = new TreeMap<String, Integer>();
    while (servers.stream().anyMatch(server -> !server.isDone())) {
      var server = servers.get(random.nextInt(servers.size()));
      var ms = 50 + random.nextInt(400);
      var fault = random.nextInt(8);
      var name =
          List.of("cut", "swallow", "swallow answers", "slow", "slow", "kill", "stop", "stop Redis")
              .get(fault);
      faults.merge(name, 1, Integer::sum);
      switch (fault) {
        case 0 -> {
          server.proxy.cut();
          pause(ms);
          server.proxy.mend();
        }
        case 1 -> server.proxy.swallow();
        case 2 -> server.proxy.swallowAnswers();
        case 3, 4 -> {
          server.proxy.delay(() -> random.nextInt(300));
          pause(3L * ms);
          server.proxy.delay(() -> 0);
        }
        case 5 ->
            redis.command("CLIENT", "KILL", "TYPE", random.nextBoolean() ? "pubsub" : "normal");
        case 6 -> {
          server.signal("STOP");
          pause(4L * ms);
          server.signal("CONT");
        }
        default -> {
          redis.signal("STOP");
          pause(ms);
          redis.signal("CONT");
        }
      }
      pause(300 + random.nextInt(1_200));
    }
    Figures.print("faults: " + faults);
  }

  /** The length of a fault, which nothing tells. */
  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns how many waits were told that they timed out though their event was published. */
  private int run(long probeTimeout) {
    System.out.println("proof.seed=" + SEED);
    var servers = new ArrayList<Server>();
    try {
      for (var number = 0; number < SERVERS; number++) {
        servers.add(new Server(number, probeTimeout));
      }
      // A deployment that meets a fault fails, and leaves nothing to prove
      Await.until(() -> servers.stream().noneMatch(server -> server.heard.isEmpty()));
      faults(servers);
      publisher.shutdownNow();
      var outcomes = new TreeMap<String, Integer>();
      var wrong = 0;
      for (var server : servers) {
        server.outcomes.forEach((outcome, count) -> outcomes.merge(outcome, count, Integer::sum));
        assertThat(server.ended).as("waits that ended").hasSize(WAITS / SERVERS);
        assertThat(server.twice).as("waits that ended twice").isEmpty();
        wrong += server.wrong().size();
      }
      Figures.print(
          "probe timeout %d ms, %,d waits: %s; %d wrongly timed out"
              .formatted(probeTimeout, WAITS, outcomes, wrong));
      assertThat(outcomes.keySet()).isSubsetOf("RESULT", "TIMED_OUT", "UNAVAILABLE");
      assertThat(outcomes).as("a run that tells something").hasSize(3);
      Await.until(() -> redis.allChannels().isEmpty());
      Await.until(() -> redis.connections().isEmpty());
      return wrong;
    } finally {
      servers.forEach(server -> server.process.destroyForcibly());
      servers.forEach(server -> server.proxy.close());
      redis.close();
    }
  }

  @Test
  void whatWasPublishedInTimeIsNeverCalledATimeout() {
    assertThat(run(1_000)).isZero();
  }

  /** The negative control. */
  @Test
  void withoutTheProbeItIs() {
    assertThat(run(0)).isPositive();
  }
}
