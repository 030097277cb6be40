package dev.serverevents.app.conformance;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a case.
 *
 * @param kind passed, failed or skipped
 * @param what is wrong, or why it was skipped; null if it passed
 * @param expected null unless it failed
 * @param actual null unless it failed
 */
record Outcome(
    String group,
    String name,
    Kind kind,
    @Nullable String what,
    @Nullable String expected,
    @Nullable String actual) {

  private static final int SHOWN = 2_000;

  /** How a case ends. */
  enum Kind {
    PASSED,
    FAILED,
    SKIPPED
  }

  /** Runs a case. */
  static Outcome of(Case tested, Rig rig) {
    try {
      tested.steps().run(rig);
      return new Outcome(tested.group(), tested.name(), Kind.PASSED, null, null, null);
    } catch (SkippedException skipped) {
      var why = skipped.getMessage();
      return new Outcome(tested.group(), tested.name(), Kind.SKIPPED, why, null, null);
    } catch (FailedException failed) {
      return failed(tested, failed.getMessage(), failed.expected(), failed.actual());
    } catch (Exception unexpected) {
      return failed(tested, "an exception", "none", unexpected.toString());
    }
  }

  static Outcome failed(Case tested, @Nullable String what, String expected, String actual) {
    return new Outcome(
        tested.group(), tested.name(), Kind.FAILED, cut(what), cut(expected), cut(actual));
  }

  private static @Nullable String cut(@Nullable String text) {
    return text == null || text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  boolean is(Kind other) {
    return kind == other;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("group", group)
        .put("case", name)
        .put("what", what)
        .put("expected", expected)
        .put("actual", actual);
  }
}
