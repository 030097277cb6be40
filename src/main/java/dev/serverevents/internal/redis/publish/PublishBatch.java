package dev.serverevents.internal.redis.publish;

import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.UnansweredException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Events that are sent as one write: a write for each costs more than all the rest. The Redis
 * client fails a batch as a whole, with a line {@code ERR [index] cause} for each command that
 * failed; here each event gets its own outcome again.
 */
final class PublishBatch {

  /** For how long the replicas may take, in ms. */
  static final long MAX_WAIT_MS = 1_000;

  private static final Pattern ERROR_LINE =
      Pattern.compile("^ERR \\[(\\d+)] (.*)$", Pattern.MULTILINE);

  /** What became of an event. */
  sealed interface Outcome {

    /** Redis has it, and said so; the answer is null where the client did not pass it on. */
    record Published(@Nullable Response answer) implements Outcome {}

    /** Redis has it, and said so, but only so many of its replicas have. */
    record Unreplicated(Response answer, int replicas) implements Outcome {}

    /** Redis answered with an error. */
    record Refused(ErrorReply error) implements Outcome {}

    /** The event was written, but its answer is not known. */
    record Unanswered(String why) implements Outcome {}

    /** The event was not written. */
    record Unwritten() implements Outcome {}
  }

  private final List<Publication> publications;
  private final List<Request> commands = new ArrayList<>();

  /** Where the commands of each event end. */
  private final int[] ends;

  /** How many replicas must have the keys that are left. */
  private final int replicas;

  private PublishBatch(List<Publication> publications, int replicas) {
    this.publications = publications;
    ends = new int[publications.size()];
    for (var i = 0; i < ends.length; i++) {
      commands.addAll(publications.get(i).steps().commands());
      ends[i] = commands.size();
    }
    this.replicas = publications.stream().anyMatch(Publication::leavesKey) ? replicas : 0;
    if (this.replicas > 0) {
      commands.add(Request.cmd(Command.WAIT).arg(replicas).arg(MAX_WAIT_MS));
    }
  }

  /**
   * Sends events.
   *
   * @param replicas how many must have the keys that are left
   * @return the outcome of each; never fails
   */
  static Future<List<Outcome>> send(
      ReconnectingConnection connection, List<Publication> publications, int replicas) {
    var batch = new PublishBatch(publications, replicas);
    return connection.batch(batch.commands).map(batch::answered).otherwise(batch::failed);
  }

  private List<Outcome> answered(List<Response> answers) {
    var reached = replicas == 0 ? 0 : answers.get(answers.size() - 1).toInteger();
    var outcomes = new ArrayList<Outcome>(ends.length);
    for (var i = 0; i < ends.length; i++) {
      var answer = answers.get(ends[i] - 1);
      outcomes.add(
          publications.get(i).leavesKey() && reached < replicas
              ? new Outcome.Unreplicated(answer, reached)
              : new Outcome.Published(answer));
    }
    return outcomes;
  }

  private List<Outcome> failed(Throwable cause) {
    var errors = errors(cause);
    var isBroken = cause instanceof UnansweredException;
    var outcomes = new ArrayList<Outcome>(ends.length);
    for (var i = 0; i < ends.length; i++) {
      var error = firstOf(errors, i == 0 ? 0 : ends[i - 1], ends[i]);
      if (error != null) {
        outcomes.add(
            isBroken ? new Outcome.Unanswered(error) : new Outcome.Refused(ErrorReply.of(error)));
      } else if (errors.isEmpty()) {
        outcomes.add(new Outcome.Unwritten());
      } else if (replicas > 0 && publications.get(i).leavesKey()) {
        var refusal = errors.get(commands.size() - 1);
        outcomes.add(
            refusal == null || isBroken
                ? new Outcome.Unanswered("the replicas were not asked")
                : new Outcome.Refused(ErrorReply.of(refusal)));
      } else if (publications.get(i).steps().idempotent() != null) {
        outcomes.add(new Outcome.Unanswered("the answer was not passed on"));
      } else {
        outcomes.add(new Outcome.Published(null));
      }
    }
    return outcomes;
  }

  private static @Nullable String firstOf(Map<Integer, String> errors, int from, int to) {
    for (var i = from; i < to; i++) {
      var error = errors.get(i);
      if (error != null) {
        return error;
      }
    }
    return null;
  }

  /** The causes by the index of their command; none where nothing was written. */
  private static Map<Integer, String> errors(Throwable cause) {
    var errors = new HashMap<Integer, String>();
    ERROR_LINE
        .matcher(String.valueOf(cause.getMessage()))
        .results()
        .forEach(line -> errors.put(Integer.valueOf(line.group(1)), line.group(2)));
    return errors;
  }
}
