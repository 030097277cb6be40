package dev.serverevents.internal.client;

import dev.serverevents.Store;
import dev.serverevents.internal.local.StoreChange;
import dev.serverevents.internal.local.StoreWatch;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The handlers of one ServerEvents that are called when the Redis connections of its Vert.x change.
 * Each is called on the context of the caller that set it.
 */
final class StoreHandlers {

  private final Home home;
  private final StoreWatch stores;
  private final BooleanSupplier isReady;

  /** Used on the context of the home only. */
  private final List<Consumer<StoreChange>> watchers = new ArrayList<>();

  /**
   * Creates an instance without handlers.
   *
   * @param isReady whether all connections are up
   */
  StoreHandlers(Home home, BooleanSupplier isReady) {
    this.home = home;
    this.isReady = isReady;
    stores = new StoreWatch(home.context().owner());
  }

  /** Calls a handler whenever all connections have come up, and once if they are up now. */
  void onReady(ContextInternal caller, Runnable handler) {
    watch(
        change -> {
          if (change.error() == null) {
            callIfReady(caller, handler);
          }
        });
    callIfReady(caller, handler);
  }

  private void callIfReady(ContextInternal caller, Runnable handler) {
    if (isReady.getAsBoolean()) {
      caller.runOnContext(ready -> handler.run());
    }
  }

  /** Calls a handler with each error of a connection. */
  void onError(ContextInternal caller, BiConsumer<Store, Throwable> handler) {
    watch(
        change -> {
          var error = change.error();
          if (error != null) {
            caller.runOnContext(failed -> handler.accept(change.store(), error));
          }
        });
  }

  private void watch(Consumer<StoreChange> watcher) {
    stores.add(watcher);
    home.run(() -> watchers.add(watcher));
  }

  /** Calls no handler any more. */
  void close() {
    watchers.forEach(stores::remove);
  }
}
