package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The commands of the page on security run; {@code LeastRightsTest} has its users of Redis, and
 * {@code PagesTest} what is true of every page.
 */
@OnlyOnRedis("It runs the commands of a page on Redis.")
@ExtendWith(ServerExtension.class)
class SecurityPageTest {

  private static final Path PAGE = Path.of("src/docs/security.md");

  private static List<MatchResult> matches(String regex, String text) {
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).results().toList();
  }

  @Test
  @OwnRedis({})
  void itsCommandsRun(Server server) throws IOException {
    Programs.assume(
        Programs.run(Path.of("."), "redis-cli", "--version"),
        "no redis-cli is here, so the commands of the page on security are not tested");
    var commands = matches("```sh\n(.*?)```", Files.readString(PAGE));
    assertThat(commands).hasSize(1);
    var redisCli = "redis-cli -p " + server.redis().port() + " ";
    for (var command : commands) {
      var here = command.group(1).replace("redis-cli ", redisCli);
      assertThat(Programs.run(Path.of("."), "sh", "-c", here)).as(here).isTrue();
    }
    assertThat(server.redis().command("FUNCTION", "LIST").size()).isEqualTo(1);
  }
}
