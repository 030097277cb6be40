package dev.serverevents.app.cli;

import dev.serverevents.Cause;
import io.vertx.core.VertxException;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;

/** What a server answers in the place of a result, or that none answers. */
final class ProblemException extends VertxException implements Cause.Known {

  private static final long serialVersionUID = 1L;
  private static final int SERVER_ERROR = 500;

  private final transient JsonObject problem;
  private final Cause cause;

  private ProblemException(Cause cause, JsonObject problem, String message) {
    super(message, true);
    this.cause = cause;
    this.problem = problem;
  }

  /**
   * A problem as {@code application/problem+json} has it. Only the word of its cause says that a
   * timeout is certain: a proxy answers 504 as well.
   */
  static ProblemException of(int status, JsonObject problem) {
    var word = problem.getString("cause");
    var cause =
        Arrays.stream(Cause.values())
            .filter(known -> known.word().equals(word))
            .findFirst()
            .orElse(status < SERVER_ERROR ? Cause.INVALID : Cause.NOT_DEPLOYED);
    var says = problem.getString("detail", problem.getString("title"));
    return new ProblemException(
        cause, problem, says == null ? "The server answers with the status " + status : says);
  }

  /** No server answers. */
  static ProblemException unreachable(String url, Throwable why) {
    var message = url + ": " + why.getMessage();
    return new ProblemException(
        Cause.NOT_DEPLOYED, new JsonObject().put("detail", message), message);
  }

  @Override
  public Cause cause() {
    return cause;
  }

  /** All that it says. */
  JsonObject problem() {
    return problem;
  }
}
