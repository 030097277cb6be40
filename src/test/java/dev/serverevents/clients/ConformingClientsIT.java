package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients pass all that the conformance runner has. */
@Tag("long")
class ConformingClientsIT {

  /** They run beside each other, since most of their time is waiting. */
  private static final Map<Client, CompletableFuture<String>> RUNS = new EnumMap<>(Client.class);

  private static CompletableFuture<String> run(Client client) {
    return RUNS.computeIfAbsent(
        client, first -> CompletableFuture.supplyAsync(() -> printed(first)));
  }

  private static String printed(Client client) {
    try {
      return client.conformance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_REDIS", "IOREDIS", "PYTHON"})
  void aClientPassesEachCase(Client client) {
    if (client.install().isNode()) {
      var unused = List.of(run(Client.NODE_REDIS), run(Client.IOREDIS));
    }
    var printed = run(client).join();
    System.out.println(client + "\n" + printed);
    assertThat(printed).containsPattern("(?m)^all +[0-9]{3,} +0 +0$").endsWith("exit code 0");
  }
}
