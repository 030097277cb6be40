package dev.serverevents;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.CompiledClasses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom: dependencies go one way, and the API hides the machinery. */
class ArchitectureTest {

  private static final String API = "dev.serverevents";
  private static final String INTERNAL = API + ".internal";
  private static final String WEB = API + ".web";
  private static final String METRICS = API + ".metrics";
  private static final String TRACING = API + ".tracing";
  private static final String APP = API + ".app";
  private static final String TESTKIT = API + ".testkit";

  /** Interfaces of the API that make the instance that implements them, as Vert.x's own do. */
  private static final Map<String, String> FACTORIES =
      Map.of(
          API + ".ServerEvents", INTERNAL + ".client.BusServerEvents",
          API + ".ServerEventsMetrics", INTERNAL + ".local.GuardedMetrics",
          API + ".ServerEventsTracing", INTERNAL + ".local.GuardedTracing");

  /** Text, JSON and settings, which have no side: whoever is in this project may use them. */
  private static final Set<String> COMMON = Set.of(INTERNAL, INTERNAL + ".settings");

  /** Where the API goes on to the machinery. */
  private static final Map<String, Set<String>> ENTRANCES =
      Map.of(
          API + ".Job", Set.of(INTERNAL + ".wire"),
          API + ".ServerEvents", Set.of(INTERNAL + ".client"),
          API + ".ServerEventsMetrics", Set.of(INTERNAL + ".local"),
          API + ".ServerEventsTracing", Set.of(INTERNAL + ".local"),
          API + ".ServerEventsVerticle", Set.of(INTERNAL + ".hub", INTERNAL + ".redis"));

  /** What else those above the API need of the machinery, each for a reason. */
  private static final Map<String, Set<String>> EXCEPTIONS =
      Map.of(
          // HTTP bodies, SSE and sockets take the JSON that the event bus takes; what clients had
          // that have gone is freed as much at a time as a turn of the event loop has room for
          WEB,
          Set.of(
              INTERNAL + ".json.Addresses",
              INTERNAL + ".json.JsonMessages",
              INTERNAL + ".json.JsonWait",
              INTERNAL + ".json.WaitReplies",
              INTERNAL + ".loop.Chores",
              INTERNAL + ".loop.Clock",
              INTERNAL + ".loop.Clocks"),
          // What is written to a client and has not left counts for limits.unread, too
          WEB + ".Outgoing",
          Set.of(INTERNAL + ".local.Unread"),
          // Who is near a quota is part of an overview
          WEB + ".Usage",
          Set.of(INTERNAL + ".journal.LimitReport", INTERNAL + ".loop.Clock"),
          WEB + ".Usages",
          Set.of(
              INTERNAL + ".journal.Journal",
              INTERNAL + ".journal.LimitReport",
              INTERNAL + ".journal.Source",
              INTERNAL + ".loop.Clock",
              INTERNAL + ".loop.Clocks"),
          // A wait that a quota refuses never began, so that nothing else notes it
          WEB + ".Explanations",
          Set.of(
              INTERNAL + ".journal.Course",
              INTERNAL + ".journal.Entry",
              INTERNAL + ".journal.Journal",
              INTERNAL + ".journal.Step",
              INTERNAL + ".journal.What",
              INTERNAL + ".loop.Clock",
              INTERNAL + ".loop.Clocks",
              INTERNAL + ".wire.EventKey"),
          // A gauge of it
          METRICS + ".MicrometerMetrics",
          Set.of(INTERNAL + ".local.Unread"),
          // It closes connections as many at a time as a turn of the event loop has room for
          APP + ".Connections",
          Set.of(INTERNAL + ".loop.Turns"),
          // It deploys the verticle's counterpart in memory with a clock of its own, and asks what
          // is pending; its workers speak the wire protocol, as programs in other languages do
          TESTKIT,
          Set.of(
              INTERNAL + ".journal.Course",
              INTERNAL + ".local.Deployments",
              INTERNAL + ".local.JobStore",
              INTERNAL + ".local.PendingCount",
              INTERNAL + ".local.Subscriber",
              INTERNAL + ".loop.Clock",
              INTERNAL + ".loop.Clocks",
              INTERNAL + ".memory.Lane",
              INTERNAL + ".memory.MemoryRedis",
              INTERNAL + ".memory.MemoryVerticle",
              INTERNAL + ".memory.Published",
              INTERNAL + ".wire.EventKey",
              INTERNAL + ".wire.MalformedPayloadException",
              INTERNAL + ".wire.Signal",
              INTERNAL + ".wire.WireFormat",
              INTERNAL + ".wire.WireNames"),
          // Nobody waits for its lines
          APP + ".AccessLog",
          Set.of(INTERNAL + ".loop.Chores"));

  private static Map<String, Set<String>> uses;

  @BeforeAll
  static void read() throws IOException {
    uses = CompiledClasses.uses(Path.of("target/classes"));
    assertThat(uses).containsKeys(API + ".ServerEvents", APP + ".Main").hasSizeGreaterThan(100);
  }

  @Test
  void noFileDependsOnOneThatDependsOnIt() {
    var files = new TreeMap<String, Set<String>>();
    uses.forEach(
        (file, others) ->
            files.put(
                file,
                others.stream()
                    .filter(other -> !other.equals(FACTORIES.get(file)))
                    .filter(other -> !isPermitted(file, other))
                    .collect(Collectors.toSet())));

    assertThat(circle(files)).isEmpty();
  }

  /** A sealed class has to name its subclasses. */
  private static boolean isPermitted(String file, String other) {
    try {
      var loader = ArchitectureTest.class.getClassLoader();
      var permitted = Class.forName(file, false, loader).getPermittedSubclasses();
      return permitted != null
          && Arrays.stream(permitted).anyMatch(subclass -> subclass.getName().equals(other));
    } catch (ClassNotFoundException compiledOnly) {
      throw new AssertionError(compiledOnly);
    }
  }

  /** All use the types of the API, so that it is left out; the next test is about what it uses. */
  @Test
  void noPackageDependsOnOneThatDependsOnIt() {
    var packages = new TreeMap<String, Set<String>>();
    uses.forEach(
        (file, others) ->
            packages
                .computeIfAbsent(packageOf(file), first -> new TreeSet<>())
                .addAll(others.stream().map(ArchitectureTest::packageOf).toList()));
    packages.forEach(
        (name, others) -> {
          others.remove(name);
          others.remove(API);
        });
    packages.remove(API);

    assertThat(circle(packages)).isEmpty();
  }

  @Test
  void theApiUsesTheMachineryInItsFactoriesAlone() {
    assertThat(
            usesFrom(Set.of(API))
                .filter(use -> !packageOf(use.used()).equals(API))
                .filter(use -> !COMMON.contains(packageOf(use.used())))
                .filter(
                    use ->
                        !ENTRANCES
                            .getOrDefault(use.file(), Set.of())
                            .contains(packageOf(use.used()))))
        .isEmpty();
  }

  @Test
  void theMachineryUsesNothingAboveTheApi() {
    assertThat(
            uses.keySet().stream()
                .filter(file -> isIn(file, INTERNAL))
                .flatMap(ArchitectureTest::usesOf)
                .filter(use -> !isIn(use.used(), INTERNAL) && !packageOf(use.used()).equals(API)))
        .isEmpty();
  }

  @Test
  void webAndMetricsAndTracingAndTheTestKitUseNeitherEachOtherNorTheApp() {
    var apart = Set.of(WEB, METRICS, TRACING, TESTKIT);
    assertThat(
            usesFrom(apart)
                .filter(use -> isAboveTheApi(use.used()))
                .filter(use -> !packageOf(use.used()).equals(packageOf(use.file()))))
        .isEmpty();
    assertThat(uses).containsKey(TESTKIT + ".InMemoryServerEvents");
  }

  @Test
  void whatIsAboveTheApiUsesOfTheMachineryWhatIsListedHere() {
    var found =
        uses.keySet().stream()
            .filter(ArchitectureTest::isAboveTheApi)
            .flatMap(ArchitectureTest::usesOf)
            .filter(use -> isIn(use.used(), INTERNAL))
            .filter(use -> !COMMON.contains(packageOf(use.used())))
            .collect(
                groupingBy(
                    use -> EXCEPTIONS.containsKey(use.file()) ? use.file() : packageOf(use.file()),
                    mapping(Use::used, Collectors.toSet())));

    assertThat(found).isEqualTo(EXCEPTIONS);
  }

  /** One file uses another. */
  private record Use(String file, String used) {}

  private static Stream<Use> usesOf(String file) {
    return uses.get(file).stream().map(used -> new Use(file, used));
  }

  private static Stream<Use> usesFrom(Set<String> packages) {
    return uses.keySet().stream()
        .filter(file -> packages.contains(packageOf(file)))
        .flatMap(ArchitectureTest::usesOf);
  }

  private static String packageOf(String file) {
    return file.substring(0, file.lastIndexOf('.'));
  }

  private static boolean isAboveTheApi(String file) {
    return Stream.of(WEB, METRICS, TRACING, APP, TESTKIT).anyMatch(root -> isIn(file, root));
  }

  private static boolean isIn(String file, String root) {
    return file.startsWith(root + ".");
  }

  /** A way that leads back to where it began; empty if there is none. */
  private static List<String> circle(Map<String, Set<String>> graph) {
    var done = new HashSet<String>();
    for (var start : graph.keySet()) {
      var found = circle(graph, start, new ArrayDeque<>(), done);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private static List<String> circle(
      Map<String, Set<String>> graph, String node, Deque<String> way, Set<String> done) {
    if (way.contains(node)) {
      var circle = new ArrayList<>(way);
      return circle.subList(circle.indexOf(node), circle.size());
    }
    if (done.contains(node)) {
      return List.of();
    }
    way.addLast(node);
    for (var next : graph.getOrDefault(node, Set.of())) {
      var found = circle(graph, next, way, done);
      if (!found.isEmpty()) {
        return found;
      }
    }
    way.removeLast();
    done.add(node);
    return List.of();
  }
}
