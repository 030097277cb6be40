package dev.serverevents.internal.redis.connection;

import java.util.Collection;
import java.util.function.IntSupplier;

/**
 * Which Redis server something is for: the only one, or the master of a slot.
 *
 * @param <M> a master, as the one who asks needs it
 */
public interface Routes<M> extends Redirects {

  /** So often a cluster may send something on at once; then it has to settle first. */
  int MAX_REDIRECTS = 5;

  /** The master of a slot, which is only asked for in a cluster. */
  M master(IntSupplier slot);

  /** All masters. */
  Collection<M> masters();

  /** The master that a redirection of the kind ASK names. */
  M askedFor(ErrorReply ask);
}
