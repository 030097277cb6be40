package dev.serverevents.internal.insight;

import dev.serverevents.Cause;
import dev.serverevents.Explanation;
import dev.serverevents.Explanation.Step;
import dev.serverevents.internal.journal.What;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in a sentence what became of an event. It names nothing that is behind the servers. */
final class Sentence {

  private static final Map<String, Cause> CAUSES =
      Stream.of(Cause.values()).collect(Collectors.toMap(Cause::word, Function.identity()));

  private Sentence() {}

  /** The sentence for a cause, as an {@link Explanation} has it, after some steps. */
  static String of(String cause, List<Step> steps) {
    var known = CAUSES.get(cause);
    if (known != null) {
      return of(known, steps);
    }
    if (cause.equals(Explanation.PENDING)) {
      return pending(steps);
    }
    if (has(steps, What.EMITTED)) {
      return "The event was emitted, and no server remembers a wait for it.";
    }
    return "No server remembers anything of it: it never happened, or too long ago.";
  }

  private static String pending(List<Step> steps) {
    var last = last(steps);
    if (last.equals(What.CLAIMED.word()) || last.equals(What.PROGRESS.word())) {
      return "It is waited for, and a worker has the job.";
    }
    if (last.equals(What.WORKER_LOST.word())) {
      return "It is waited for, and the job goes to another worker, since the one that had it is"
          + " gone.";
    }
    if (last.equals(What.HANDED_OVER.word())) {
      return "It is waited for, and the job is handed over, but no worker has claimed it.";
    }
    if (last.equals(What.WAITING.word())) {
      return "It is waited for, and Redis has not confirmed the subscription yet.";
    }
    return "It is waited for.";
  }

  private static String last(List<Step> steps) {
    return steps.isEmpty() ? "" : steps.get(steps.size() - 1).what();
  }

  private static boolean has(List<Step> steps, What what) {
    return steps.stream().anyMatch(step -> step.what().equals(what.word()));
  }

  private static String of(Cause cause, List<Step> steps) {
    return switch (cause) {
      case RESULT -> "The event came" + after(steps) + ".";
      case FAILURE -> "The job failed" + after(steps) + ", and its worker said so.";
      case NO_EVENT -> noEvent(steps);
      case NEVER_CLAIMED ->
          "The job was handed over, and no worker claimed it until the time was over"
              + after(steps)
              + ".";
      case NO_WORKER -> "No worker serves the name.";
      case WORKER_LOST ->
          has(steps, What.CLAIMED)
              ? "A worker had claimed the job, and is gone."
              : "The worker is gone.";
      case STALLED ->
          "The worker that had claimed the job is connected, but has shown no sign of life for too"
              + " long.";
      case REDIS_GAP ->
          "The connection to Redis broke while the event was waited for, so it may have been"
              + " missed.";
      case REDIS_AWAY -> "Redis was away, or did not answer in time.";
      case REDIS_REFUSED -> "Redis refused a command.";
      case DRAINING -> "The server that waited was stopped.";
      case NOT_DEPLOYED -> "The server could not wait, or was closed.";
      case LIMIT -> "The wait was refused, since a limit was reached.";
      case CANCELLED -> "The wait was cancelled.";
      case CLIENT_GONE -> "The client that waited has gone.";
      case INVALID -> "The request was wrong.";
      case CONFLICT -> "The idempotency key belongs to another emit.";
      case NOT_HANDED_OVER -> "The job could not be handed over.";
      case UNEXPECTED -> "Something failed that nobody had expected.";
    };
  }

  private static String noEvent(List<Step> steps) {
    if (has(steps, What.CLAIMED)) {
      return "A worker claimed the job, and had emitted no result when the time was over"
          + after(steps)
          + ".";
    }
    return has(steps, What.HANDED_OVER)
        ? "The job was handed over, and no event was published until the time was over"
            + after(steps)
            + "."
        : "No event was published until the time was over" + after(steps) + ".";
  }

  /** How long the last wait lasted. */
  private static String after(List<Step> steps) {
    var began = 0L;
    var ended = 0L;
    for (var step : steps) {
      if (step.what().equals(What.WAITING.word())) {
        began = began == 0 || ended >= began ? step.at() : began;
      } else if (step.cause() != null) {
        ended = step.at();
      }
    }
    return began == 0 || ended < began
        ? ""
        : String.format(Locale.ROOT, ", after %,d ms", ended - began);
  }
}
