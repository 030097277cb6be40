package dev.serverevents.testing;

import dev.serverevents.ServerEventsOptions;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is behind the verticles of a test, as another program sees it that takes part by the wire
 * protocol.
 */
public interface TestBroker {

  /** An event that is kept for a minute. */
  record Retained(String name, Object id, String payload) {
    public String channel() {
      return name + ":" + id;
    }
  }

  /** What another program has subscribed. */
  interface Subscribed extends AutoCloseable {
    /** Breaks its connection. */
    @Override
    void close();
  }

  /** The channels that somebody subscribes, sharded ones included. */
  List<String> allChannels();

  /** Those of them that are for events. */
  default List<String> channels() {
    return allChannels().stream()
        .filter(channel -> !channel.startsWith("$inbox:") && !channel.equals("$servers"))
        .toList();
  }

  /** How many connections subscribe a channel. */
  int subscribers(String channel);

  /** Publishes a payload, and returns how many connections got it. */
  int publish(String channel, String payload);

  /** Subscribes channels, and returns when that is so; the handler must not wait. */
  Subscribed subscribe(List<String> channels, Consumer<String> handler);

  /**
   * Breaks all connections that subscribe, and has something emitted before they are made again.
   */
  void gap(Retained... missed);

  /** Refuses to publish from now on. */
  void refusePublish();

  /** Does not refuse that any more. */
  void permitPublish();

  /** Refuses to subscribe the channels of events from now on. */
  void refuseSubscribe();

  /** Keeps a value under a key for so many ms. */
  void keep(String key, String value, long ms);

  /** The value of a key, or null. */
  String kept(String key);

  /** Whether there is something under a key. */
  boolean exists(String key);

  /** For how many ms a key is still there; -1 if it does not expire, and -2 if it is not there. */
  long ttl(String key);

  /** The jobs of a list. */
  List<String> list(String key);

  /** Adds jobs at the end of a list. */
  void push(String key, List<String> jobs);

  /** The workers that take jobs of a list, as a set under a key has them. */
  List<String> members(String key);

  /** Has a worker in that set. */
  void addMember(String key, String member);

  /** The connections of others, in words. */
  List<String> connections();

  /** The keys that will not expire by themselves. */
  List<String> lastingKeys();

  /** Forgets all keys. */
  void clear();

  /** A verticle on it. */
  TestVerticle verticle(ServerEventsOptions options);

  /** What messages call it, to begin with. */
  String name();

  /** Settings for a verticle on it. */
  ServerEventsOptions options();

  /** A way to it that can break; it must be closed. In memory it is everybody's. */
  Link link();

  /** A way to the broker. */
  interface Link extends AutoCloseable {
    /** Leads a verticle with these settings that way. */
    ServerEventsOptions lead(ServerEventsOptions options);

    /** Breaks all connections; none can be made until it is mended. */
    void cut();

    /** Lets connections be made again. */
    void mend();

    @Override
    void close();
  }
}
