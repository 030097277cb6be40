package dev.serverevents.internal.worker;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.Job;
import dev.serverevents.ServerEvents;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emits what has come of a worker's jobs. */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** The code of a failure of which the user says nothing else. */
  private static final int INTERNAL_ERROR = 500;

  private static final Object[] NONE = {};

  private final ServerEvents events;
  private final EmitOptions options;

  Answers(ServerEvents events, EmitOptions options) {
    this.events = events;
    this.options = options;
  }

  /**
   * Emits a result: {@link EventArgs} are all arguments, null is none, all else is the only one.
   */
  Future<?> result(Job job, @Nullable Object value) {
    return events.answer(options, job, value == null ? NONE : new Object[] {value});
  }

  /** Emits a failure. What nobody meant to tell goes to the log only. */
  Future<?> failure(Job job, Throwable cause) {
    if (cause instanceof EventFailureException failure) {
      return events.answerFailure(
          options, job, failure.code(), String.valueOf(failure.getMessage()), failure.detail());
    }
    LOG.error("The job \"{}\" with id \"{}\" failed", job.name(), job.id(), cause);
    return events.answerFailure(options, job, INTERNAL_ERROR, "The job failed", null);
  }

  /** Tells how far a job is. */
  Future<Integer> progress(Job job, @Nullable Object... args) {
    return events.emitProgress(job.name(), job.id(), args);
  }
}
