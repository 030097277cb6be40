package dev.serverevents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * No dependency, however it came here, is older than the security advisories that are known for it.
 * A new advisory is a new line in this table; so that it is heard of, the repository's host should
 * be asked to watch the POM (GitHub: Dependabot alerts).
 */
class AdvisoriesTest {

  /** As a local repository of Maven has it: group/artifact/version/artifact-version.jar. */
  private static final Pattern JAR = Pattern.compile("(.*/([^/]+))/([0-9][^/]*)/\\2-\\3\\.jar");

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /** A jar of the class path. */
  private record Dependency(String path, String version) {

    static Stream<Dependency> of(String jar) {
      return JAR.matcher(jar.replace(File.separatorChar, '/'))
          .results()
          .map(found -> new Dependency(found.group(1), found.group(3)));
    }

    static List<Dependency> all() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
          .flatMap(Dependency::of)
          .toList();
    }
  }

  /** Compares number by number, as far as both have some; a qualifier like Final is none. */
  private static int compare(String one, String other) {
    var numbers = numbers(one);
    var others = numbers(other);
    for (var i = 0; i < Math.min(numbers.size(), others.size()); i++) {
      var difference = Integer.compare(numbers.get(i), others.get(i));
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(numbers.size(), others.size());
  }

  private static List<Integer> numbers(String version) {
    var numbers = new ArrayList<Integer>();
    for (var part : version.split("[.-]", -1)) {
      if (!NUMBER.matcher(part).matches()) {
        break;
      }
      numbers.add(Integer.valueOf(part));
    }
    return numbers;
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    // artifacts, the first version without, the advisories
    "ch/qos/logback/logback-core, 1.5.35, 'CVE-2025-11226, CVE-2026-1225, CVE-2026-13006'",
    "com/fasterxml/jackson/core/jackson-databind, 2.21.6, "
        + "'CVE-2026-54512 to 54518, CVE-2026-59888, CVE-2026-59889, CVE-2026-83557'",
    "com/fasterxml/jackson/core/jackson-core, 2.21.1, GHSA-72hv-8253-57qq",
    "io/netty/netty-codec-base, 4.2.18, the 30 of its release notes",
    "io/netty/netty-codec-http, 4.2.18, "
        + "'CVE-2025-67735, CVE-2026-33870, CVE-2026-42579 to 42587, CVE-2026-50020'",
    "io/netty/netty-codec-http2, 4.2.18, "
        + "'CVE-2026-33871, CVE-2026-47244, CVE-2026-48043, CVE-2026-50560'",
    "io/netty/netty-codec-dns, 4.2.18, CVE-2026-42579",
    "io/netty/netty-handler, 4.2.18, 'CVE-2026-44249, CVE-2026-45416, CVE-2026-50010'",
    "io/vertx/vertx-core, 5.0.12, 'CVE-2026-1002, CVE-2026-6860'",
    "io/vertx/vertx-web, 5.0.5, 'CVE-2025-11965, CVE-2025-11966'",
    "commons-io/commons-io, 2.14.0, CVE-2024-47554",
    "org/apache/commons/commons-compress, 1.26.0, 'CVE-2024-25710, CVE-2024-26308'",
    "org/apache/commons/commons-lang3, 3.18.0, CVE-2025-48924",
    "org/assertj/assertj-core, 3.27.7, CVE-2026-24400",
    "org/yaml/snakeyaml, 2.0, CVE-2022-1471"
  })
  void noneIsOfAVersionThatHasAnAdvisory(String path, String fixed, String advisories) {
    assertThat(Dependency.all())
        .filteredOn(dependency -> dependency.path().endsWith("/" + path))
        .as(advisories)
        .hasSize(1)
        .allSatisfy(
            dependency ->
                assertThat(dependency.version())
                    .usingComparator((Comparator<String>) AdvisoriesTest::compare)
                    .isGreaterThanOrEqualTo(fixed));
  }

  @Test
  void versionsAreComparedNumberByNumber() {
    assertThat(compare("1.5.9", "1.5.35")).isNegative();
    assertThat(compare("4.2.20.Final", "4.2.18")).isPositive();
    assertThat(compare("2.21", "2.21.6")).isNegative();
    assertThat(compare("33.8.0-jre", "33.8.0")).isZero();
  }
}
