package dev.serverevents.internal.local;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The watchers of the Redis connections of a Vert.x's verticles. Any thread may use it. */
public final class StoreWatch {

  private record Watchers(Set<Consumer<StoreChange>> all) implements Shareable {}

  private static final String KEY = "watchers";

  private final Set<Consumer<StoreChange>> watchers;

  /** Looks at the watchers of {@code vertx}. */
  public StoreWatch(Vertx vertx) {
    LocalMap<String, Watchers> shared = vertx.sharedData().getLocalMap("server-events.stores");
    watchers =
        shared.computeIfAbsent(KEY, key -> new Watchers(ConcurrentHashMap.newKeySet())).all();
  }

  /** Tells a watcher of each change, on the thread of the verticle concerned. */
  public void add(Consumer<StoreChange> watcher) {
    watchers.add(watcher);
  }

  /** Tells a watcher no more. */
  public void remove(Consumer<StoreChange> watcher) {
    watchers.remove(watcher);
  }

  /** Tells all watchers of a change. */
  public void tell(StoreChange change) {
    watchers.forEach(watcher -> watcher.accept(change));
  }
}
