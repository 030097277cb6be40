package dev.serverevents.docs;

import static dev.serverevents.docs.Pages.matches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.CompiledClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the page on the architecture names is in the code. */
class ArchitecturePageTest {

  private static final Pages.Page PAGE = Pages.page("architecture.md");
  private static final String ROOT = "dev.serverevents";

  /** What every package may use. */
  private static final Set<String> COMMON = Set.of(ROOT, "internal", "internal.settings");

  /** A file, and maybe a method or a nested type of it. */
  private static final String NAMED = "`([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?`";

  /** The text of each file by its name, without {@code .java}. */
  private static final Map<String, String> FILES = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    for (var root : List.of(Path.of("src/main/java"), Path.of("src/test/java"))) {
      try (var files = Files.walk(root)) {
        for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          var name = file.getFileName().toString().replace(".java", "");
          FILES.put(name, Files.readString(file));
        }
      }
    }
  }

  /** The parts of the page, or of a part, that begin with headings of a level. */
  private static List<String> parts(String text, String level) {
    var parts = List.of(text.split("(?m)^" + level + " ", -1));
    return parts.subList(1, parts.size());
  }

  private static String part(String heading) {
    return parts(PAGE.text(), "##").stream()
        .filter(part -> part.startsWith(heading + "\n"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyFileThatItNamesIsOneAndHasTheMethod() {
    var named = matches(NAMED, PAGE.prose());
    assertThat(named).hasSizeGreaterThan(150);
    for (var name : named) {
      assertThat(FILES).as(name.group()).containsKey(name.group(1));
      if (name.group(2) != null) {
        assertThat(FILES.getOrDefault(name.group(1), ""))
            .as(name.group())
            .containsPattern("\\b" + name.group(2) + "\\(");
      }
    }
  }

  @Test
  void eachOfItsFiveWalksHasStepsAndNamesATestThatShowsIt() {
    var walks = parts(part("Five walks"), "###");
    assertThat(walks).hasSize(5);
    for (var walk : walks) {
      var steps = matches("(?m)^\\d\\. .*$", walk);
      assertThat(steps).hasSizeGreaterThan(5);
      assertThat(steps).allSatisfy(step -> assertThat(matches(NAMED, step.group())).isNotEmpty());
      assertThat(matches(NAMED, walk).stream().map(name -> name.group(1)))
          .anyMatch(name -> name.endsWith("Test") || name.endsWith("IT"));
    }
  }

  @Test
  void itsTableOfPackagesSaysWhatEachUses() throws IOException {
    var used = new TreeMap<String, Set<String>>();
    CompiledClasses.uses(Path.of("target/classes"))
        .forEach(
            (file, others) -> {
              var of = used.computeIfAbsent(packageOf(file), first -> new TreeSet<>());
              others.stream().map(ArchitecturePageTest::packageOf).forEach(of::add);
            });
    used.forEach(
        (name, others) -> {
          others.remove(name);
          others.removeAll(COMMON);
        });

    var said = new TreeMap<String, Set<String>>();
    for (var row : matches("(?m)^\\| `([\\w.]+)` \\|.*\\| ([^|]*) \\|$", part("The packages"))) {
      var names = matches("`([\\w.]+)`", row.group(2)).stream().map(name -> name.group(1));
      said.put(row.group(1), new TreeSet<>(names.toList()));
    }
    assertThat(said).isEqualTo(used);
  }

  /** As the page names it. */
  private static String packageOf(String file) {
    var name = file.substring(0, file.lastIndexOf('.'));
    return name.equals(ROOT) ? ROOT : name.substring(ROOT.length() + 1);
  }
}
