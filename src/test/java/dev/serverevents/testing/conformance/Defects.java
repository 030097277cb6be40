package dev.serverevents.testing.conformance;

import java.util.List;
import java.util.stream.Stream;

/** The defects that the adapter of the tests can have. */
public final class Defects {

  private Defects() {}

  /** Their names, each of which begins with the group of cases that finds it. */
  public static List<String> names() {
    return Stream.concat(WireDefects.names().stream(), LiveDefects.NAMES.stream())
        .sorted()
        .toList();
  }

  /** How an adapter is started, with a defect or, if that is empty, without one. */
  public static List<String> command(String defect) {
    return List.of(
        ProcessHandle.current().info().command().orElse("java"),
        "-XX:TieredStopAtLevel=1", // a start costs half
        "-cp",
        System.getProperty("java.class.path"),
        JavaAdapter.class.getName(),
        defect);
  }
}
