package dev.serverevents.bench;

import dev.serverevents.internal.journal.Journal;
import java.util.concurrent.CompletionStage;

/**
 * {@link Ours} while it remembers so many steps. Several of one take turns: they share its event
 * loop, its connections and what has been compiled, so that they differ in nothing else.
 */
record Explained(Ours ours, int steps) implements Contender {

  /** The same, while it remembers another number of steps. */
  Explained remembering(int others) {
    return new Explained(ours, others);
  }

  @Override
  public void prepare() {
    Journal.of(ours.vertx()).keep(steps, false);
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    return ours.cycle(id);
  }

  @Override
  public CompletionStage<?> register(long id) {
    return ours.register(id);
  }

  @Override
  public CompletionStage<?> endAll() {
    return ours.endAll();
  }

  @Override
  public CompletionStage<?> emit(long id) {
    return ours.emit(id);
  }

  @Override
  public void close() {
    ours.close();
  }
}
