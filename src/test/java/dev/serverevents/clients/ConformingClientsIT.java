package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients pass all that the conformance runner has. */
@Tag("long")
class ConformingClientsIT {

  /** They run beside each other, since most of their time is waiting. */
  private static final Map<Client, CompletableFuture<String>> RUNS = new EnumMap<>(Client.class);

  private static void start(Client client) {
    Executor threads = task -> new Thread(task).start(); // the common pool may have one thread only
    RUNS.computeIfAbsent(client, c -> CompletableFuture.supplyAsync(() -> printed(c), threads));
  }

  private static String printed(Client client) {
    try {
      return client.conformance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientPassesEachCase(Client client) {
    client.install();
    Stream.of(Client.values())
        .filter(other -> other.isNode() == client.isNode())
        .forEach(ConformingClientsIT::start);
    var printed = RUNS.get(client).join();
    System.out.println(client + "\n" + printed);
    assertThat(printed).containsPattern("(?m)^all +[0-9]{3,} +0 +0$").endsWith("exit code 0");
  }
}
