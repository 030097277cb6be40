package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;
import static org.junit.platform.commons.support.ReflectionSupport.findAllClassesInPackage;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is not tested in memory has a reason, and the page has it; {@code mvn test
 * -Dtest=OnlyOnRedisTest -Donly=write} writes them there.
 */
class OnlyOnRedisTest {

  private static final Path PAGE = Path.of("CONTRIBUTING.md");
  private static final Pattern TABLE =
      Pattern.compile(
          "(?<=<!-- only on Redis -->\n).*?(?=<!-- end of only on Redis -->)", Pattern.DOTALL);

  /** The classes that have servers. What ends with IT is about a process or a network. */
  private static List<Class<?>> classes() {
    return findAllClassesInPackage(
        "dev.serverevents",
        type -> Stream.of(type.getDeclaredMethods()).anyMatch(OnlyOnRedisTest::hasServer),
        name -> name.endsWith("Test") && !name.equals(OnlyOnRedisTest.class.getName()));
  }

  private static boolean hasServer(Method test) {
    return !test.isSynthetic()
        && !Modifier.isStatic(test.getModifiers())
        && List.of(test.getParameterTypes()).contains(Server.class);
  }

  private static boolean isOnBoth(Class<?> type) {
    return isAnnotated(type, OnBothBackends.class);
  }

  /** The tests that are on Redis only, by the reasons; a class stands for all of its tests. */
  private static Map<String, Set<String>> tests() {
    var all = new TreeMap<String, Set<String>>();
    for (var type : classes()) {
      var only = type.getAnnotation(OnlyOnRedis.class);
      if (only != null) {
        all.computeIfAbsent(only.value(), first -> new TreeSet<>())
            .add("`" + type.getSimpleName() + "`");
      }
      for (var test : type.getDeclaredMethods()) {
        var onlyThis = test.getAnnotation(OnlyOnRedis.class);
        if (onlyThis != null) {
          all.computeIfAbsent(onlyThis.value(), first -> new TreeSet<>())
              .add("`%s.%s`".formatted(type.getSimpleName(), test.getName()));
        }
      }
    }
    return all;
  }

  private static String table() {
    return Stream.concat(
            Stream.of("| why not in memory | tests |", "|---|---|"),
            tests().entrySet().stream()
                .map(
                    entry ->
                        "| %s | %s |"
                            .formatted(entry.getKey(), String.join(", ", entry.getValue()))))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void eachClassWithServersRunsOnBothOrSaysWhyNot() {
    var both = classes().stream().collect(Collectors.partitioningBy(OnlyOnRedisTest::isOnBoth));
    assertThat(both.get(true)).hasSizeGreaterThan(40);
    assertThat(both.get(true)).noneMatch(type -> isAnnotated(type, OnlyOnRedis.class));
    assertThat(both.get(false)).allMatch(type -> isAnnotated(type, OnlyOnRedis.class));
    assertThat(both.get(false).stream().flatMap(type -> Arrays.stream(type.getDeclaredMethods())))
        .as("said of a class, it need not be said of a test")
        .noneMatch(test -> isAnnotated(test, OnlyOnRedis.class));
  }

  @Test
  void eachReasonIsASentence() {
    assertThat(tests().keySet())
        .isNotEmpty()
        .allSatisfy(reason -> assertThat(reason).matches("[A-Z][^|]{15,}\\."));
  }

  @Test
  void thePageHasThemAll() throws IOException {
    var page = Files.readString(PAGE);
    var table = TABLE.matcher(page);
    assertThat(table.find()).isTrue();
    if ("write".equals(System.getProperty("only"))) {
      Files.writeString(PAGE, table.replaceFirst(Matcher.quoteReplacement(table())));
    } else {
      assertThat(table.group()).isEqualTo(table());
    }
  }
}
