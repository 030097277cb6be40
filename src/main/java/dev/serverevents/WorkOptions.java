package dev.serverevents;

import dev.serverevents.internal.Fields;

/**
 * How a worker works.
 *
 * @param concurrency how many jobs it has at a time, from 1 to {@value #MAX_CONCURRENCY}
 * @param emit how results and failures are emitted, for example {@linkplain
 *     EmitOptions#retain(java.time.Duration) retained}
 */
public record WorkOptions(int concurrency, EmitOptions emit) {

  /** The most jobs that one worker can have at a time. */
  public static final int MAX_CONCURRENCY = 100_000;

  /** The defaults: one job at a time, and its result is not kept. */
  public static final WorkOptions DEFAULT = new WorkOptions(1, EmitOptions.DEFAULT);

  /** Checks its parts; throws {@link InvalidInputException}. */
  public WorkOptions {
    Fields.integer("concurrency", concurrency, 1, MAX_CONCURRENCY);
    Fields.present("emit", emit);
  }

  /** The same with another number of jobs at a time. */
  public WorkOptions concurrency(int concurrency) {
    return new WorkOptions(concurrency, emit);
  }

  /** The same with other options for results and failures. */
  public WorkOptions emit(EmitOptions emit) {
    return new WorkOptions(concurrency, emit);
  }
}
