package dev.serverevents.internal.client;

import dev.serverevents.WaitOptions;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.internal.ContextInternal;

/** A wait that hands no job over. */
final class PlainWait extends PendingWait {

  /** Creates a wait that has not begun; see {@link PendingWait}. */
  PlainWait(Owner owner, EventKey key, long timeout, WaitOptions options, ContextInternal caller) {
    super(owner, key, timeout, options, options.needsWorker(), caller);
  }

  @Override
  void heard() {
    // its caller has been told
  }

  @Override
  public void served() {
    // who gives it a job does not ask
  }
}
