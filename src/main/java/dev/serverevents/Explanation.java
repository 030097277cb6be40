package dev.serverevents;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an event, as all servers remember it: {@link ServerEvents#explain}.
 *
 * @param name the event's name
 * @param id the event's id
 * @param cause the {@linkplain Cause#word() word} for why its last wait ended, or {@code pending}
 *     while one waits, or {@code unknown} if no server remembers any
 * @param says the same in a sentence for people
 * @param timeline what happened, in the order of its times; as each server has a clock of its own,
 *     what happened on two servers within a moment may be in the wrong order
 * @param missing how many servers have not answered in time
 */
public record Explanation(
    String name, String id, String cause, String says, List<Step> timeline, int missing) {

  /** The cause while something waits. */
  public static final String PENDING = "pending";

  /** The cause where nobody remembers a wait. */
  public static final String UNKNOWN = "unknown";

  /**
   * One thing that happened.
   *
   * @param at when, in ms since 1970
   * @param server the id of the server where it happened
   * @param what a word for it, for example {@code waiting}, {@code subscribed}, {@code claimed} or
   *     {@code timed-out}; a later version may have more of them
   * @param detail more about it, for people who run the servers, or null
   * @param cause the word for why a wait ended, or null if none did
   * @param args the arguments of the event, where the setting {@code explain.payloads} has them
   *     remembered, or null
   */
  public record Step(
      long at,
      String server,
      String what,
      @Nullable String detail,
      @Nullable String cause,
      @Nullable EventArgs args) {

    /** The same as JSON, without what is null. */
    public JsonObject toJson() {
      var json = new JsonObject().put("at", at).put("server", server).put("what", what);
      if (detail != null) {
        json.put("detail", detail);
      }
      if (cause != null) {
        json.put("cause", cause);
      }
      return args == null ? json : json.put("args", args.toJsonArray());
    }
  }

  /** The same without arguments, for who may not see them. */
  public Explanation withoutArgs() {
    return with(
        timeline.stream()
            .map(step -> new Step(step.at, step.server, step.what, step.detail, step.cause, null))
            .toList());
  }

  /** The same without details, which tell clients what is behind the servers. */
  public Explanation withoutDetails() {
    return with(
        timeline.stream()
            .map(step -> new Step(step.at, step.server, step.what, null, step.cause, step.args))
            .toList());
  }

  private Explanation with(List<Step> steps) {
    return new Explanation(name, id, cause, says, steps, missing);
  }

  /** The same as JSON. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("id", id)
        .put("cause", cause)
        .put("says", says)
        .put("timeline", new JsonArray(timeline.stream().map(Step::toJson).toList()))
        .put("missing", missing);
  }
}
