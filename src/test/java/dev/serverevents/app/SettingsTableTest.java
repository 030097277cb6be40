package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.settings.RouteSettings;
import dev.serverevents.internal.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page on operations has all settings as they are declared; {@code mvn test
 * -Dtest=SettingsTableTest -Dsettings=write} writes them there.
 */
class SettingsTableTest {

  private static final Path PAGE = Path.of("src", "docs", "operations.md");
  private static final Path HTTP_PAGE = Path.of("src", "docs", "http.md");
  private static final Pattern TABLE =
      Pattern.compile("(?<=<!-- settings -->\n).*?(?=<!-- end of settings -->)", Pattern.DOTALL);

  private static String table() {
    return Stream.concat(
            Stream.of("| setting | variable | values | default | |", "|---|---|---|---|---|"),
            ServerSettings.ALL.all().stream().map(SettingsTableTest::row))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(Setting<?> setting) {
    var path = setting.isInJson() ? code(setting.path()) : "";
    var variable = setting.variable() == null ? "" : code(setting.variable());
    var columns =
        new String[] {
          path, variable, setting.type().values(), setting.shownDefault(), setting.says()
        };
    return "| " + String.join(" | ", columns) + " |";
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  @Test
  void thePageHasEverySettingAsItIsDeclared() throws IOException {
    var page = Files.readString(PAGE);
    var table = TABLE.matcher(page);
    assertThat(table.find()).isTrue();
    if ("write".equals(System.getProperty("settings"))) {
      Files.writeString(PAGE, table.replaceFirst(Matcher.quoteReplacement(table())));
    } else {
      assertThat(table.group()).isEqualTo(table());
    }
  }

  @Test
  void thePageOnHttpShowsEveryFieldOfAKey() throws IOException {
    var page = Files.readString(HTTP_PAGE);
    assertThat(RouteSettings.KEY.settings())
        .allSatisfy(setting -> assertThat(page).contains("\"" + setting.field() + "\": "));
  }

  @Test
  void thePageHasEveryExitCode() throws IOException {
    var page = Files.readString(PAGE);
    assertThat(ExitCode.values())
        .allSatisfy(code -> assertThat(page).contains("\n| %d | ".formatted(code.code())));
  }

  @Test
  void everySettingSaysWhatItIsAndNoTwoShareAName() {
    assertThat(ServerSettings.ALL.all())
        .hasSizeGreaterThan(30)
        .allSatisfy(setting -> assertThat(setting.says()).endsWith("."))
        .allSatisfy(setting -> assertThat(setting.type().values()).isNotEmpty())
        .extracting(Setting::path)
        .doesNotHaveDuplicates();
    assertThat(ServerSettings.ALL.all().stream().map(Setting::variable).filter(v -> v != null))
        .doesNotHaveDuplicates();
  }

  @Test
  void noVariableIsTakenForOneOfKubernetes() {
    var variables =
        ServerSettings.ALL.all().stream()
            .map(Setting::variable)
            .filter(variable -> variable != null)
            .collect(Collectors.toMap(variable -> variable, variable -> "1"));
    assertThat(Environment.of(variables).settings()).isEqualTo(variables);
    assertThat(Environment.of(Map.of("PATH", "/bin")).settings()).isEmpty();
  }
}
