package dev.serverevents.app.conformance;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code java -jar server-events.jar conformance -- COMMAND}: tests a client. */
@Command(
    name = "conformance",
    description = "Tests a client of any language against the wire protocol, by its adapter.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All cases passed, or were skipped.",
      "1:A case failed.",
      "2:The command line is wrong.",
      "6:The embedded Redis does not start."
    })
public final class ConformanceCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int NO_REDIS = 6;

  private final RedisUnderTest.Source redis;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "-o",
      paramLabel = "FORMAT",
      description = "How the result is printed: table or json; default: table.")
  private String format = "table";

  @Option(
      names = "--only",
      paramLabel = "GROUP",
      description = "Runs the cases of this group alone; may be repeated.")
  private Set<String> only = new TreeSet<>();

  @Option(
      names = "--limit",
      paramLabel = "MS",
      description = "How long the adapter may take for one answer; default: 10000.")
  private long limit = 10_000;

  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "Starts the adapter; write -- before it.")
  private List<String> command = List.of();

  /**
   * Runs nothing yet.
   *
   * @param redis starts the Redis that is between the runner and the adapter
   */
  public ConformanceCommand(RedisUnderTest.Source redis) {
    this.redis = redis;
  }

  /** Returns the exit code when all cases were run. */
  @Override
  public Integer call() {
    check();
    var output = System.out;
    System.setOut(System.err); // for what is logged
    try (var started = redis.start();
        var rig = new Rig(command, limit, started)) {
      var report = new Runner(rig, System.err::println).run(only);
      output.println(format.equals("json") ? report.toJson().encodePrettily() : report.table());
      return report.isPassed() ? 0 : FAILED;
    } catch (IOException cause) {
      System.err.println("The embedded Redis does not start: " + cause.getMessage());
      return NO_REDIS;
    } finally {
      System.setOut(output);
    }
  }

  private void check() {
    if (!Set.of("table", "json").contains(format)) {
      throw wrong("-o must be table or json, not " + format);
    }
    if (limit < 1) {
      throw wrong("--limit must be at least 1 ms");
    }
    var groups = Runner.cases().stream().map(Case::group).collect(Collectors.toSet());
    for (var group : only) {
      if (!groups.contains(group)) {
        throw wrong("--only must be one of " + new TreeSet<>(groups) + ", not " + group);
      }
    }
  }

  private ParameterException wrong(String why) {
    return new ParameterException(java.util.Objects.requireNonNull(spec).commandLine(), why);
  }
}
