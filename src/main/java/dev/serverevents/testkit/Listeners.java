package dev.serverevents.testkit;

import dev.serverevents.internal.local.Subscriber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Who listens to which channel: waits, requests that are not direct, and streams. Any thread may
 * use it.
 */
final class Listeners {

  private static final long STUCK_S = 60;

  private final Map<String, List<Subscriber>> byChannel = new HashMap<>();

  /** The channels that somebody has come to since they were awaited. */
  private final Set<String> come = new HashSet<>();

  /** Somebody begins to listen. */
  synchronized void add(Subscriber listener) {
    var channel = listener.channel();
    var others = byChannel.computeIfAbsent(channel, first -> new ArrayList<>());
    others.removeIf(Subscriber::hasEnded);
    others.add(listener);
    come.add(channel);
    notifyAll();
  }

  private boolean isListenedTo(String channel) {
    return byChannel.getOrDefault(channel, List.of()).stream().anyMatch(each -> !each.hasEnded());
  }

  /** Returns when somebody listens, or has begun to do so since this was called last. */
  synchronized void await(String channel) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STUCK_S);
    try {
      while (!come.remove(channel) && !isListenedTo(channel)) {
        var left = end - System.nanoTime();
        if (left <= 0) {
          throw new IllegalStateException("Nobody listens to " + channel);
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted before anybody listens to " + channel);
    }
  }
}
