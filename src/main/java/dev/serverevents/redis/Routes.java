package dev.serverevents.redis;

import java.util.Collection;
import java.util.function.IntSupplier;

/** Which Redis server something is for: the only one, or the master of a slot. */
interface Routes {

  /** So often a cluster may send something on at once; then it has to settle first. */
  int MAX_REDIRECTS = 5;

  /** The master of a slot, which is only asked for in a cluster. */
  Shard shard(IntSupplier slot);

  /** All masters. */
  Collection<Shard> shards();

  /** Learns from an error who serves a slot: from here on it is so. */
  void handle(ErrorReply error);

  /** The same; and a server that is found not to be the master is left. */
  void handle(ErrorReply error, StoreConnection from);

  /** Whom a redirection of the kind ASK names. */
  Shard asked(ErrorReply ask);

  /** Does something again in a moment. */
  void later(Runnable action);
}
