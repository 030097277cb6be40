package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.CommandProcess;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page on the command line print what it says. */
@ExtendWith(ServerExtension.class)
class CommandLinePageIT {

  private static final Pages.Page PAGE = Pages.page("command-line.md");
  private static final String ADDRESS = "localhost:6379";

  @TempDir private Path folder;

  /** What the page calls the jar. */
  private void install() throws IOException {
    var java = "'" + String.join("' '", CommandProcess.java()) + "'";
    var script =
        Files.writeString(folder.resolve("server-events"), "#!/bin/sh\nexec " + java + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private static String at(Server server) {
    return "127.0.0.1:" + server.redis().port();
  }

  private CommandProcess run(Pages.Block block, Server server) {
    var environment =
        Map.of(
            "PATH",
            folder + ":" + System.getenv("PATH"),
            "XDG_CONFIG_HOME",
            folder.resolve("config").toString());
    var isAboutContexts = block.code().contains("context");
    var redis = isAboutContexts ? "" : "export SERVER_EVENTS_REDIS=redis://" + at(server) + "\n";
    var code = redis + "exec 2>&1\n" + block.code().replace(ADDRESS, at(server));
    return CommandProcess.run(environment, List.of("sh", "-c", code));
  }

  @Test
  @OwnRedis({})
  void itsCommandsPrintWhatItSays(Server server) throws IOException {
    server.deploy();
    install();
    var blocks = PAGE.blocks("sh");
    assertThat(blocks).hasSizeGreaterThan(3);
    var processes = blocks.stream().map(block -> run(block, server)).toList();
    for (var i = 0; i < blocks.size(); i++) {
      assertThat(processes.get(i).code()).isZero();
      assertThat(processes.get(i).output().replace(at(server), ADDRESS))
          .as(blocks.get(i).code())
          .isEqualTo(blocks.get(i).output());
    }
  }

  @Test
  void itsExitCodesAreThoseOfTheHelp() {
    var help = CommandProcess.start(Map.of(), "emit", "--help");
    assertThat(help.code()).isZero();
    var codes = help.output().substring(help.output().indexOf("Exit codes:"));
    assertThat(PAGE.column("Exit codes", "\\d+"))
        .containsExactlyElementsOf(
            Pages.matches("(?m)^ +(\\d+) +[A-Z]", codes).stream()
                .map(code -> code.group(1))
                .toList());
  }
}
