package dev.serverevents.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
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

  /** For how long the replicas may take. */
  private static final long MAX_WAIT_MS = 1_000;

  private static final Pattern ERROR_LINE =
      Pattern.compile("^ERR \\[(\\d+)] (.*)$", Pattern.MULTILINE);

  /** What became of an event. */
  interface Outcomes {
    /** Redis has it, and said so; null where the client did not pass that on. */
    void published(Emission emission, @Nullable Response answer);

    /** Redis has it, and said so, but too few of its replicas have. */
    void unreplicated(Emission emission, Response answer, int replicas);

    /** Redis said no. */
    void refused(Emission emission, String why);

    /** The connection broke after it was written. */
    void unanswered(Emission emission, String why);

    /** The connection was closed before. */
    void unwritten(Emission emission);
  }

  private PublishBatch() {}

  /**
   * Sends events; when each has had its outcome, tells whether the connection still works.
   *
   * @param replicas how many must have the keys that are left
   */
  static Future<Boolean> send(
      RedisConnection connection, List<Emission> emissions, int replicas, Outcomes outcomes) {
    var commands = new ArrayList<Request>();
    var ends = new int[emissions.size()];
    for (var i = 0; i < ends.length; i++) {
      commands.addAll(emissions.get(i).commands());
      ends[i] = commands.size();
    }
    var waits = replicas > 0 && emissions.stream().anyMatch(Emission::leavesKey);
    if (waits) {
      commands.add(Request.cmd(Command.WAIT).arg(replicas).arg(MAX_WAIT_MS));
    }
    return connection
        .batch(commands)
        .map(answers -> answered(emissions, ends, answers, waits ? replicas : 0, outcomes))
        .otherwise(cause -> failed(emissions, ends, errors(cause), waits, outcomes));
  }

  private static boolean answered(
      List<Emission> emissions,
      int[] ends,
      List<Response> answers,
      int replicas,
      Outcomes outcomes) {
    var reached = replicas == 0 ? 0 : answers.get(answers.size() - 1).toInteger();
    for (var i = 0; i < ends.length; i++) {
      var emission = emissions.get(i);
      var answer = answers.get(ends[i] - 1);
      if (emission.leavesKey() && reached < replicas) {
        outcomes.unreplicated(emission, answer, reached);
      } else {
        outcomes.published(emission, answer);
      }
    }
    return true;
  }

  private static boolean failed(
      List<Emission> emissions,
      int[] ends,
      Map<Integer, String> errors,
      boolean waits,
      Outcomes outcomes) {
    for (var i = 0; i < ends.length; i++) {
      var emission = emissions.get(i);
      var error = firstOf(errors, i == 0 ? 0 : ends[i - 1], ends[i]);
      if (errors.isEmpty()) {
        outcomes.unwritten(emission);
      } else if (error == null
          && (emission.idempotent() != null || (waits && emission.leavesKey()))) {
        outcomes.unwritten(emission); // to be told what became of it
      } else if (error == null) {
        outcomes.published(emission, null);
      } else if (isOfConnection(error)) {
        outcomes.unanswered(emission, error);
      } else {
        outcomes.refused(emission, error);
      }
    }
    return !errors.isEmpty() && errors.values().stream().noneMatch(PublishBatch::isOfConnection);
  }

  private static boolean isOfConnection(String error) {
    return error.equals("CONNECTION_CLOSED") || error.contains("Exception");
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
