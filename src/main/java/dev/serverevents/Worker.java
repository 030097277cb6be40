package dev.serverevents;

import io.vertx.core.Future;

/** A worker that takes jobs of one name, made by {@link ServerEvents#work}. */
public interface Worker {

  /** What tells it from all other workers; random. */
  String id();

  /**
   * Completes when Redis knows of the worker, and it takes jobs.
   *
   * @return fails with {@link UnavailableException} if no verticle is deployed that listens, or
   *     Redis refuses the subscription
   */
  Future<Void> ready();

  /** Takes no more jobs, and completes when those that it has claimed have ended. */
  Future<Void> close();
}
