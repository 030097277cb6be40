package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients pass all that the conformance runner has. */
@Tag("long")
class ConformingClientsIT {

  @ParameterizedTest
  @EnumSource(names = {"NODE_REDIS", "IOREDIS", "PYTHON"})
  void aClientPassesEachCase(Client client) throws IOException {
    var printed = client.install().conformance();
    System.out.println(client + "\n" + printed);
    assertThat(printed).containsPattern("(?m)^all +[0-9]{3,} +0 +0$").endsWith("exit code 0");
  }
}
