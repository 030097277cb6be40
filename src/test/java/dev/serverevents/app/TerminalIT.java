package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.ServerProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runnable jar in a terminal, which signals the whole process group of what runs in it. */
class TerminalIT {

  private static final Map<String, String> ANY_PORT = Map.of("SERVER_EVENTS_HTTP_PORT", "0");

  @BeforeAll
  static void needsAGroup() {
    Programs.assume(
        Programs.run(Path.of("."), "setsid", "env", "--default-signal=INT,HUP", "true"),
        "signals of a terminal, without setsid and env of coreutils");
  }

  private static void signal(ServerProcess server, String signal) {
    assertThat(
            Programs.run(Path.of("."), "kill", "-s", signal, "--", String.valueOf(-server.pid())))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "HUP, 129", "TERM, 143"})
  void itEndsInOrderAndLeavesNothingRunning(String signal, int code) {
    try (var server = ServerProcess.startInGroup(ANY_PORT)) {
      server.awaitOutput("try: ");
      var children = server.children();
      assertThat(children).isNotEmpty();
      signal(server, signal);
      assertThat(server.awaitEnd()).isEqualTo(code);
      Await.until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(server.output()).doesNotContain("WARN").doesNotContain("ERROR");
    }
  }

  @Test
  void aSecondCtrlCDoesNotDisturbTheEnd() {
    try (var server = ServerProcess.startInGroup(ANY_PORT)) {
      server.awaitOutput("try: ");
      var children = server.children();
      signal(server, "INT");
      signal(server, "INT");
      server.awaitEnd();
      Await.until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(server.output()).doesNotContain("WARN").doesNotContain("ERROR");
    }
  }
}
