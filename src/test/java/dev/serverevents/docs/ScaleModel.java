package dev.serverevents.docs;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * How loaded each part of a system of many servers is, calculated from what a wait and its event
 * cost on clusters of one and of {@value #MANY} masters, as the benchmark measures it.
 *
 * @param one with one master
 * @param many with {@value #MANY} masters
 */
record ScaleModel(Mode mode, Costs one, Costs many) {

  static final int MANY = 6;

  private static final int MOST_MASTERS = 1_000;

  /** What events and waits go by, and what more masters do for it. */
  enum Mode {
    BROADCAST_EXACT("broadcast exact"),
    BROADCAST_DIRECT("broadcast direct"),
    SHARDED_EXACT("sharded exact"),
    SHARDED_DIRECT("sharded direct"),
    /** The same with one inbox of each server, of which all have one slot. */
    SHARDED_DIRECT_ONE_SLOT("sharded direct, one slot");

    final String words;

    Mode(String words) {
      this.words = words;
    }

    /** What the benchmark calls it. */
    String measured() {
      return words.replaceFirst(",.*", "");
    }

    boolean isSharded() {
      return words.startsWith("sharded");
    }
  }

  /** A part, of each node of Redis or of each server, and what it is assumed to have. */
  enum Part {
    REDIS_CPU("Redis CPU", 1e6), // us a second: one thread does it
    REDIS_NETWORK("Redis network", 1.25e9), // bytes a second in a direction: 10 Gbit/s
    REDIS_MEMORY("Redis memory", 64e9),
    REDIS_CONNECTIONS("Redis connections", 10_000), // its default
    SERVER_CPU("server CPU", 4e6); // four cores

    final String words;
    private final double capacity;

    Part(String words, double capacity) {
      this.words = words;
      this.capacity = capacity;
    }

    boolean isOfRedis() {
      return words.startsWith("Redis");
    }
  }

  /**
   * What a wait and its event cost: CPU in us and bytes, of all nodes together.
   *
   * @param redisBytes the memory of Redis while it is pending
   */
  record Costs(
      double redisUs, double in, double out, double busBytes, double redisBytes, double serverUs) {}

  /**
   * A system whose load is spread evenly.
   *
   * @param waits that each server has pending at a time
   * @param seconds how long one lasts
   */
  record Size(int servers, int masters, double waits, double seconds) {

    Size masters(int number) {
      return new Size(servers, number, waits, seconds);
    }

    double cyclesPerSecond() {
      return waits / seconds * servers;
    }
  }

  /** The load of each part; 1 is all that it has. */
  Map<Part, Double> loads(Size size) {
    var masters = mode == Mode.SHARDED_DIRECT_ONE_SLOT ? 1 : size.masters();
    var cycles = size.cyclesPerSecond() / masters;
    var bus = many.busBytes / (MANY - 1) * (masters - 1); // which is sent as well as received
    var loads = new EnumMap<Part, Double>(Part.class);
    loads.put(Part.REDIS_CPU, cycles * redisUs(masters));
    loads.put(Part.REDIS_NETWORK, cycles * (Math.max(one.in, one.out) + bus));
    loads.put(Part.REDIS_MEMORY, size.servers() * size.waits() * one.redisBytes / masters);
    loads.put(Part.REDIS_CONNECTIONS, connections(size.servers(), size.masters()));
    loads.put(Part.SERVER_CPU, size.waits() / size.seconds() * many.serverUs);
    loads.replaceAll((part, used) -> used / part.capacity);
    return loads;
  }

  /**
   * Of all nodes for one cycle. Each node more gets every event by the bus; without a bus, commands
   * go out in smaller batches, which ends with one command in a batch.
   */
  private double redisUs(int masters) {
    if (mode.isSharded()) {
      return masters == 1 ? one.redisUs : Math.max(one.redisUs, many.redisUs);
    }
    return one.redisUs + (many.redisUs - one.redisUs) / (MANY - 1) * (masters - 1);
  }

  /** Each server publishes at every master, and subscribes at one or at each. */
  private double connections(double servers, int masters) {
    return servers + (mode.isSharded() ? servers : servers / masters);
  }

  /** The part that breaks first. */
  Part first(Size size) {
    return loads(size).entrySet().stream()
        .max(Comparator.comparingDouble(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }

  /** The fewest masters of which no part is overloaded; none if more of them do not help. */
  OptionalInt masters(Size size) {
    return IntStream.rangeClosed(1, MOST_MASTERS)
        .filter(
            masters ->
                loads(size.masters(masters)).entrySet().stream()
                    .allMatch(load -> load.getValue() <= 1 || !load.getKey().isOfRedis()))
        .findFirst();
  }
}
