package dev.serverevents.internal.journal;

import io.vertx.core.Future;
import java.util.List;

/**
 * What is asked for its part of an overview: a ServerEvents for what is pending there and what
 * became of its waits, and the quotas of a server for who is near them.
 */
public interface Source {

  /** Asks; completes on any thread, after a turn of its context. */
  Future<Report> report();

  /**
   * What it says.
   *
   * @param names what is pending and what became of waits, by name
   * @param workers what it knows of workers
   * @param limits the limits that are near
   */
  record Report(List<NameReport> names, List<WorkerReport> workers, List<LimitReport> limits) {}
}
