package dev.serverevents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What is in the jar of the library, which is published, and in the runnable jar. */
class PackageIT {

  private static final Path TARGET = Path.of("target");
  private static final Path CLASSES = TARGET.resolve("classes");
  private static final String APP = "dev/serverevents/app/";

  /** By which Logback finds how the runnable server logs; an app sets its own log up. */
  private static final String LOG = "META-INF/services/ch.qos.logback.classic.spi.Configurator";

  private static final Pattern VERSION =
      Pattern.compile("<artifactId>server-events</artifactId>\\s*<version>(.*?)</version>");

  private static String version() throws IOException {
    var pom = VERSION.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(pom.find()).isTrue();
    return pom.group(1);
  }

  private static JarFile library() throws IOException {
    return new JarFile(TARGET.resolve("server-events-" + version() + ".jar").toFile());
  }

  private static JarFile runnable() throws IOException {
    return new JarFile(TARGET.resolve("server-events.jar").toFile());
  }

  /** The files of a jar. */
  private static Set<String> files(JarFile jar) {
    return jar.stream()
        .filter(entry -> !entry.isDirectory())
        .map(entry -> entry.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What is compiled and copied from {@code src/main}. */
  private static Set<String> built() throws IOException {
    try (var files = Files.walk(CLASSES)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> CLASSES.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void theLibraryHasAllButTheApp() throws IOException {
    var expected = built();
    assertThat(expected).contains("dev/serverevents/ServerEvents.class", APP + "Main.class", LOG);
    expected.removeIf(file -> file.startsWith(APP) || file.startsWith("META-INF/"));
    try (var library = library()) {
      assertThat(files(library))
          .doesNotContain(LOG)
          .filteredOn(file -> !file.startsWith("META-INF/"))
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void theRunnableJarHasAllOfItAndWhatItNeeds() throws IOException {
    try (var runnable = runnable()) {
      assertThat(files(runnable))
          .containsAll(built())
          .contains(
              "io/vertx/redis/client/Redis.class",
              "io/vertx/ext/web/Router.class",
              "io/micrometer/core/instrument/Meter.class",
              "picocli/CommandLine.class",
              "ch/qos/logback/classic/Logger.class",
              "redis/embedded/RedisExecProvider.class");
    }
  }

  @Test
  void bothManifestsHaveTheVersion() throws IOException {
    try (var library = library();
        var runnable = runnable()) {
      for (var jar : new JarFile[] {library, runnable}) {
        var manifest = jar.getManifest().getMainAttributes();
        assertThat(manifest.getValue("Implementation-Title")).isEqualTo("Server Events");
        assertThat(manifest.getValue("Implementation-Version")).isEqualTo(version());
        assertThat(manifest.getValue("Automatic-Module-Name")).isEqualTo("dev.serverevents");
      }
    }
  }

  @Test
  void bothSayUnderWhichLicenceTheyAre() throws IOException {
    try (var library = library();
        var runnable = runnable()) {
      for (var jar : new JarFile[] {library, runnable}) {
        try (var licence = jar.getInputStream(jar.getEntry("META-INF/LICENSE"))) {
          assertThat(licence).hasBinaryContent(Files.readAllBytes(Path.of("LICENSE")));
        }
      }
      assertThat(runnable.getEntry("META-INF/NOTICE")).as("of what it brings").isNotNull();
    }
  }

  /** As the POM says that is published: the optional rest is for web, metrics and the app. */
  @Test
  void whoUsesTheLibraryGetsNoMoreThanItNeeds() throws Exception {
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    try (var library = library()) {
      var pom = "META-INF/maven/dev.serverevents/server-events/pom.xml";
      var project = builder.parse(library.getInputStream(library.getEntry(pom)));
      var brought = new TreeSet<String>();
      var dependencies = project.getElementsByTagName("dependency");
      for (var i = 0; i < dependencies.getLength(); i++) {
        var dependency = (Element) dependencies.item(i);
        if (isOfTheProject(dependency)
            && text(dependency, "scope").isEmpty()
            && text(dependency, "optional").isEmpty()) {
          brought.add(text(dependency, "artifactId"));
        }
      }
      assertThat(brought)
          .containsExactly(
              "jackson-databind", "jspecify", "slf4j-api", "vertx-core", "vertx-redis-client");
    }
  }

  /** Not one of a profile, and not one of those that are managed. */
  private static boolean isOfTheProject(Node dependency) {
    return dependency.getParentNode().getParentNode().getNodeName().equals("project");
  }

  private static String text(Element of, String name) {
    var elements = of.getElementsByTagName(name);
    return elements.getLength() == 0 ? "" : elements.item(0).getTextContent();
  }
}
