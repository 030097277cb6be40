package dev.serverevents.bench;

import java.util.concurrent.CompletionStage;

/** What the benchmark compares: somebody who waits for the results of jobs. */
interface Contender extends AutoCloseable {

  /** How long a wait lasts at most, in ms, for every contender. */
  long TIMEOUT_MS = 10_000;

  /** One job cycle: waits for the event of an id, hands its job over, and completes with it. */
  CompletionStage<?> cycle(long id);

  @Override
  void close();
}
