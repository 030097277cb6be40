package dev.serverevents.docs;

import static dev.serverevents.docs.Pages.matches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.docs.Pages.Block;
import dev.serverevents.docs.Pages.Page;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What must be true of every page. */
class PagesTest {

  private static final Path TESTS_OF_PAGES = Path.of("src/test/java/dev/serverevents/docs");

  /** Output, and commands that a test cannot run, are {@code text}. */
  private static final Set<String> LANGUAGES =
      Set.of("java", "js", "python", "html", "sh", "text", "json", "xml", "yaml", "redis", "");

  static List<Page> pages() {
    return Pages.all();
  }

  private static String withoutSpace(String code) {
    return code.replaceAll("\\s+", "");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyJavaBlockIsAProgramThatCompilesOrStandsInATestOfThisPackage(
      Page page, @TempDir Path directory) throws IOException {
    try (var files = Files.list(TESTS_OF_PAGES)) {
      var tested =
          withoutSpace(files.map(Page::of).map(Page::text).collect(Collectors.joining("\n")));
      assertThat(page.blocks("java"))
          .allSatisfy(
              block ->
                  assertThat(
                          PageProgram.isProgram(block.code())
                              || tested.contains(withoutSpace(block.code())))
                      .as("in a test: %s", block.code())
                      .isTrue());
    }
    if (page.blocks("java").stream().anyMatch(block -> PageProgram.isProgram(block.code()))) {
      PageProgram.compile(page, UnaryOperator.identity(), directory);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Page page) {
    var links = matches("\\]\\((?!https?:)([^)#]*)#?([^)]*)\\)", page.prose());
    assertThat(links).isNotEmpty();
    for (var link : links) {
      var target =
          link.group(1).isEmpty() ? page.path() : page.path().resolveSibling(link.group(1));
      assertThat(target).as(link.group()).exists();
      if (!link.group(2).isEmpty()) {
        assertThat(Page.of(target).anchors()).as(link.group()).contains(link.group(2));
      }
    }
  }

  /** That table is what is declared: see {@code SettingsTableTest}. */
  @ParameterizedTest
  @MethodSource("pages")
  void everySettingThatIsNamedIsOne(Page page) {
    var operations = Pages.page("operations.md");
    var settings = operations.column("Settings", "[a-zA-Z.]+");
    assertThat(settings).hasSizeGreaterThan(30).contains("http.keys");
    for (var named : matches("`((?:http|limits|redis)\\.[a-zA-Z.]+?)(?:\\.\\*)?`", page.prose())) {
      var name = named.group(1);
      assertThat(settings)
          .as(name)
          .anyMatch(setting -> setting.equals(name) || setting.startsWith(name + "."));
    }
    var table = operations.prose();
    for (var named : matches("\\bSERVER_EVENTS_[A-Z_]+", page.text())) {
      assertThat(table).contains("| `" + named.group() + "` |");
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockIsOfAKindThatIsTestedOrOutput(Page page) {
    assertThat(page.blocks()).allSatisfy(block -> assertThat(LANGUAGES).contains(block.language()));
    assertThat(page.blocks("json"))
        .allSatisfy(block -> assertThat(new JsonObject(block.code())).isNotEmpty());
    assertThat(page.blocks("yaml"))
        .allSatisfy(
            block -> assertThat(new Yaml().<Map<String, Object>>load(block.code())).isNotEmpty());
    assertThat(matches("(?m)^```", page.text()).size()).isEqualTo(2 * page.blocks().size());
  }

  /** A script of the build reads them from there. */
  @Test
  void theFirstShellBlockOfTheReadmeHasTheTwoCommands() {
    assertThat(Pages.readme().blocks("sh").get(0).code())
        .isEqualTo(
            "mvn -q package -DskipTests && java -jar target/server-events.jar\nmvn verify\n");
  }

  /** The finished project has tests of its own, which {@code mvn -Pit verify} runs. */
  @Test
  void theTutorialIsTheProjectOrders() throws IOException {
    var orders = Path.of("src", "it", "orders");
    var tutorial = Pages.page("tutorial.md");
    assertThat(tutorial.blocks("java").stream().map(Block::code))
        .containsExactly(
            Files.readString(orders.resolve("src/main/java/Api.java")),
            Files.readString(orders.resolve("src/main/java/Worker.java")),
            Files.readString(orders.resolve("src/test/java/ApiTest.java")));
    assertThat(tutorial.blocks("html").stream().map(Block::code))
        .containsExactly(Files.readString(orders.resolve("src/main/resources/orders.html")));
    var pom = tutorial.blocks("xml").get(0).code();
    assertThat(Files.readString(orders.resolve("pom.xml")))
        .startsWith(pom.substring(0, pom.lastIndexOf("  </dependencies>")));
    var junit = tutorial.blocks("xml").get(1).code();
    assertThat(withoutSpace(Files.readString(orders.resolve("pom.xml"))))
        .contains(withoutSpace(junit));
  }

  @Test
  void theCoordinatesAreThoseOfThePom() throws IOException {
    var pom = withoutSpace(Files.readString(Path.of("pom.xml")));
    var ours = withoutSpace(Pages.readme().blocks("xml").get(0).code());
    var coordinates = ours.replaceAll("</?dependency>", "");
    assertThat(pom).contains(coordinates);
    var tutorial = withoutSpace(Pages.page("tutorial.md").blocks("xml").get(0).code());
    assertThat(tutorial).contains(ours);
    var versions =
        matches("<artifactId>([\\w-]+)</artifactId><version>([^<]+)</version>", tutorial);
    assertThat(versions).hasSizeGreaterThan(3);
    Stream.of("vertx-web", "vertx-health-check", "slf4j-api")
        .forEach(artifact -> assertThat(pom).contains("<artifactId>" + artifact + "<"));
    for (var version : versions) {
      assertThat(version.group(1).equals("orders") || pom.contains(">" + version.group(2) + "<"))
          .as(version.group())
          .isTrue();
    }
  }
}
