package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.wire.Slots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channels by slot, which is one for all where channels have none, and then by name; each in
 * the order in which they came, which is that of subscribing them again.
 */
final class Channels {

  private final PubSub pubsub;
  private final Map<Integer, Map<String, Channel>> slots = new LinkedHashMap<>();

  Channels(PubSub pubsub) {
    this.pubsub = pubsub;
  }

  /** The channel of a name, or null. */
  @Nullable Channel get(String name) {
    var ofSlot = slots.get(slot(name));
    return ofSlot == null ? null : ofSlot.get(name);
  }

  /** Has a channel for a listener; it is added if it is not there. */
  Channel want(String name, ChannelListener listener) {
    var slot = slot(name);
    var channel =
        slots
            .computeIfAbsent(slot, s -> new LinkedHashMap<>())
            .computeIfAbsent(name, n -> new Channel(slot, n, listener));
    channel.want(listener);
    return channel;
  }

  /** Forgets all of them. */
  void clear() {
    slots.clear();
  }

  /** Removes a channel, unless another has taken its place. */
  void remove(Channel channel) {
    var ofSlot = slots.get(channel.slot());
    if (ofSlot != null && ofSlot.remove(channel.name(), channel) && ofSlot.isEmpty()) {
      slots.remove(channel.slot());
    }
  }

  /** Removes a channel that nobody needs any more, whatever became of it on a connection. */
  void removeUnlessWanted(Channel channel) {
    if (!channel.isWanted()) {
      remove(channel);
    }
  }

  /** The channels of a slot, as they are now. */
  List<Channel> of(int slot) {
    return List.copyOf(slots.getOrDefault(slot, Map.of()).values());
  }

  /** All channels, as they are now. */
  List<Channel> all() {
    return slots.values().stream().flatMap(ofSlot -> ofSlot.values().stream()).toList();
  }

  private int slot(String name) {
    return pubsub.isSharded() ? Slots.of(name) : 0;
  }
}
