package dev.serverevents.bench;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Figures;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * API servers in one JVM, each with a Vert.x and connections of its own: to Redis they are as many
 * servers, and none of them is colder than the others. It reads {@code servers N}, {@code cycles
 * IN_FLIGHT MS}, {@code register WAITS} and {@code end 0} from standard input.
 */
final class ServersMain {

  private ServersMain() {}

  /** Takes {@code exact} or {@code direct}, the URL of the queue, and how to find the cluster. */
  public static void main(String[] args) throws Exception {
    var options = WaitOptions.DEFAULT.direct(args[0].equals("direct"));
    var redis = new RedisServerOptions(new JsonObject(args[2]));
    try (var servers = new Servers();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (var line = input.readLine(); line != null; line = input.readLine()) {
        var words = line.split(" ", -1);
        var number = Integer.parseInt(words[1]);
        var result =
            switch (words[0]) {
              case "servers" -> servers.grow(number, () -> new Ours(args[1], redis, options));
              case "cycles" -> ApiMain.cycles(servers, number, Long.parseLong(words[2]));
              case "register" -> register(servers, number);
              case "end" -> cpu(() -> servers.endAll().toCompletableFuture().get());
              default -> throw new IllegalArgumentException(line);
            };
        System.out.println(result.encode());
      }
    }
    System.exit(0);
  }

  private static JsonObject register(Contender servers, int waits) throws Exception {
    var heap = Figures.usedHeap();
    var result =
        cpu(
            () -> {
              Load.register(servers, waits);
              return servers;
            });
    return result.put("heapBytes", Figures.usedHeap() - heap);
  }

  private static JsonObject cpu(Callable<?> action) throws Exception {
    var before = cpu();
    var unused = action.call();
    return new JsonObject().put("cpuUs", cpu().minus(before).toNanos() / 1_000);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }

  /** All of them as one, which take turns. */
  private static final class Servers implements Contender {

    private final List<Ours> all = new ArrayList<>();

    JsonObject grow(int number, Callable<Ours> start) throws Exception {
      while (all.size() < number) {
        all.add(start.call());
      }
      return new JsonObject();
    }

    private Ours of(long id) {
      return all.get((int) (id % all.size()));
    }

    @Override
    public CompletionStage<?> cycle(long id) {
      return of(id).cycle(id);
    }

    @Override
    public CompletionStage<?> register(long id) {
      return of(id).register(id);
    }

    @Override
    public CompletionStage<?> endAll() {
      return CompletableFuture.allOf(
          all.stream()
              .map(server -> server.endAll().toCompletableFuture())
              .toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletionStage<?> emit(long id) {
      return of(id).emit(id);
    }

    @Override
    public void close() {
      all.forEach(Ours::close);
    }
  }
}
