package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.settings.Setting;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the page on security names is there, and its commands run; {@code LeastRightsTest} has its
 * users of Redis.
 */
@ExtendWith(ServerExtension.class)
class SecurityPageTest {

  private static final Path PAGE = Path.of("src/docs/security.md");

  private static List<MatchResult> matches(String regex, String text) {
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).results().toList();
  }

  @Test
  void everySettingThatItNamesIsOne() throws IOException {
    var settings = ServerSettings.ALL.all().stream().map(Setting::path).toList();
    var named = matches("`((?:http|limits|redis)\\.[a-zA-Z.]+)`", Files.readString(PAGE));
    assertThat(named).hasSizeGreaterThan(10);
    assertThat(named).allSatisfy(name -> assertThat(settings).contains(name.group(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"src/docs/security.md", "README.md"})
  void everyLinkOfItLeadsSomewhere(Path page) throws IOException {
    var links = matches("\\]\\((?!https?:)([^)#]*)#?([^)]*)\\)", Files.readString(page));
    assertThat(links).isNotEmpty();
    for (var link : links) {
      var target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
      assertThat(target).exists();
      if (!link.group(2).isEmpty()) {
        assertThat(anchors(target)).contains(link.group(2));
      }
    }
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(Path page) throws IOException {
    return matches("(?m)^#+ (.*?)$", Files.readString(page)).stream()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .toList();
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
