package dev.serverevents.internal.journal;

import io.vertx.core.Future;
import java.util.List;

/** One ServerEvents, as it is asked for what is pending there and what became of its waits. */
public interface Source {

  /** Asks; completes on any thread, after a turn of its context. */
  Future<Report> report();

  /**
   * What it says.
   *
   * @param names what is pending and what became of waits, by name
   * @param workers what it knows of workers
   */
  record Report(List<NameReport> names, List<WorkerReport> workers) {}
}
