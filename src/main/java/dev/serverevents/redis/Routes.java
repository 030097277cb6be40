package dev.serverevents.redis;

import java.util.Collection;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Which Redis server something is for: the only one, or the master of a slot. */
interface Routes {

  /** So often a cluster may send something on at once; then it has to settle first. */
  int MAX_REDIRECTS = 5;

  /** The master of a slot, which is only asked for in a cluster. */
  Shard shard(IntSupplier slot);

  /** All masters. */
  Collection<Shard> shards();

  /** What an error tells of a slot; if that is now another's, it is so from here on. */
  @Nullable Redirect redirect(@Nullable String error);

  /** Whom a redirect of the kind ASK names. */
  Shard asked(Redirect ask);

  /** Does something again in a moment. */
  void later(Runnable action);
}
