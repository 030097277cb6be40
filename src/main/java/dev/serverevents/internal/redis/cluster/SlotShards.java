package dev.serverevents.internal.redis.cluster;

import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.wire.Slots;
import java.util.List;

/** Masters of a Redis Cluster, by URL, as shards: a channel is at the master of its slot. */
record SlotShards(SlotMap slots, List<String> masters) implements Shards {

  @Override
  public int count() {
    return masters.size();
  }

  @Override
  public int of(String channel) {
    return masters.indexOf(slots.owner(Slots.of(channel)));
  }
}
