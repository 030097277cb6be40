package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.docs.Pages.Block;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial's programs run, and its commands print what it says. */
@ExtendWith(ServerExtension.class)
class TutorialPageIT {

  private final int first = TestRedis.freePort();
  private final int second = TestRedis.freePort();

  private String here(String command) {
    return command.replace("8081", String.valueOf(first)).replace("8082", String.valueOf(second));
  }

  private PageProgram start(Block block, Path classes, Server server) {
    assertThat(block.code()).startsWith("java ");
    var classPath = "'" + classes + ":" + PageProgram.classPath() + "'";
    var command =
        here(block.code()).replace("'target/classes:target/dependency/*'", classPath).strip();
    return PageProgram.start(command, Map.of("REDIS", server.redis().url()));
  }

  private void check(Iterator<Block> commands) {
    PageProgram.check(commands.next(), this::here);
  }

  @Test
  void itsCommandsDoWhatItSays(Server server, @TempDir Path classes) {
    Programs.assume(
        Programs.run(Path.of("."), "curl", "--version"),
        "no curl is here, so the tutorial is not run");
    var page = Pages.page("tutorial.md");
    PageProgram.compile(page, code -> code, classes);
    var commands = page.blocks("sh").iterator();
    try (var one = start(commands.next(), classes, server);
        var other = start(commands.next(), classes, server)) {
      one.awaitOutput("The API listens");
      other.awaitOutput("The API listens");
      try (var worker = start(commands.next(), classes, server)) {
        worker.awaitOutput("The worker waits for jobs");
        check(commands); // both servers
        check(commands); // what was retained
        check(commands); // a job that fails
      }
      check(commands); // no worker
      try (var worker = start(commands.next(), classes, server)) {
        worker.awaitOutput("The worker waits for jobs");
        check(commands); // the same order again
        check(commands); // progress
      }
    }
    assertThat(commands).isExhausted();
  }
}
