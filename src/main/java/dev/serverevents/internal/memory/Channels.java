package dev.serverevents.internal.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Who subscribes which channel. Used under the lock of the memory only. */
final class Channels {

  private final Map<String, Set<Receiver>> receivers = new LinkedHashMap<>();
  private final List<Consumer<Published>> observers = new ArrayList<>();

  /** The calls of those that are in the test, which may publish in turn. */
  private final Deque<Runnable> calls = new ArrayDeque<>();

  private boolean isCalling;

  void observe(Consumer<Published> observer) {
    observers.add(observer);
  }

  void subscribe(String channel, Receiver receiver) {
    receivers.computeIfAbsent(channel, first -> new LinkedHashSet<>()).add(receiver);
  }

  void unsubscribe(String channel, Receiver receiver) {
    var others = receivers.get(channel);
    if (others != null && others.remove(receiver) && others.isEmpty()) {
      receivers.remove(channel);
    }
  }

  /** Unsubscribes all channels of a connection. */
  void leave(Receiver receiver) {
    receivers.values().removeIf(others -> others.remove(receiver) && others.isEmpty());
  }

  int count(String channel) {
    return receivers.getOrDefault(channel, Set.of()).size();
  }

  Map<String, Integer> counts() {
    var counts = new LinkedHashMap<String, Integer>();
    receivers.forEach((channel, all) -> counts.put(channel, all.size()));
    return counts;
  }

  /** Delivers a message, unless it is lost, and tells the observers. */
  void publish(Published published, boolean isLost) {
    for (var receiver : List.copyOf(receivers.getOrDefault(published.channel(), Set.of()))) {
      if (isLost) {
        continue;
      }
      if (receiver instanceof MemorySession) {
        receiver.receive(published.channel(), published.payload());
      } else {
        calls.add(() -> receiver.receive(published.channel(), published.payload()));
      }
    }
    observers.forEach(observer -> calls.add(() -> observer.accept(published)));
    call();
  }

  private void call() {
    if (isCalling) {
      return; // the one that publishes is called itself
    }
    isCalling = true;
    try {
      for (var next = calls.poll(); next != null; next = calls.poll()) {
        next.run();
      }
    } finally {
      isCalling = false;
    }
  }
}
