package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.wire.Slots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channels by name, and by slot, which is one for all where channels have none. Those of a slot
 * are a ring in the order in which they came, which is that of subscribing them again.
 */
final class Channels {

  private final boolean isSharded;
  private final Map<String, Channel> names = new HashMap<>();

  /** The last channel of each slot, whose next one is the first. */
  private final @Nullable Channel[] last;

  Channels(PubSub pubsub) {
    isSharded = pubsub.isSharded();
    last = new Channel[isSharded ? Slots.COUNT : 1];
  }

  /** The channel of a name, or null. */
  @Nullable Channel get(String name) {
    return names.get(name);
  }

  /** Has a channel for a listener; it is added if it is not there. */
  Channel want(String name, ChannelListener listener) {
    var channel = names.get(name);
    if (channel == null) {
      channel = new Channel(isSharded ? Slots.of(name) : 0, name, listener);
      names.put(name, channel);
      last[channel.slot()] = channel.follow(last[channel.slot()]);
    }
    channel.want(listener);
    return channel;
  }

  /** Forgets all of them. */
  void clear() {
    names.clear();
    Arrays.fill(last, null);
  }

  /** Removes a channel, unless another has taken its place. */
  void remove(Channel channel) {
    if (names.remove(channel.name(), channel)) {
      var before = channel.leave();
      if (last[channel.slot()] == channel) {
        last[channel.slot()] = before;
      }
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
    var channels = new ArrayList<Channel>();
    addAll(slot, channels);
    return channels;
  }

  /** All channels, as they are now. */
  List<Channel> all() {
    var channels = new ArrayList<Channel>(names.size());
    for (var slot = 0; slot < last.length; slot++) {
      addAll(slot, channels);
    }
    return channels;
  }

  private void addAll(int slot, List<Channel> channels) {
    var end = last[slot];
    if (end != null) {
      var channel = end;
      do {
        channel = channel.next();
        channels.add(channel);
      } while (channel != end);
    }
  }
}
