package dev.serverevents.internal.journal;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long the waits lasted that got their event, in the last one to two minutes: counted in
 * buckets that are an eighth as wide as the times in them. Used on one context only.
 */
public final class Durations {

  private static final int BITS = 3;
  private static final int STEPS = 1 << BITS;

  /** The bucket of 2^31 ms, which no wait lasts. */
  private static final int BUCKETS = bucket(Integer.MAX_VALUE) + 1;

  private static final long PERIOD_MS = 60_000;

  private int[] current = new int[BUCKETS];
  private int[] previous = new int[BUCKETS];
  private long since;

  /** Creates an empty one, at a time in ms. */
  public Durations(long now) {
    since = now;
  }

  /** Counts a time in ms, at another one. */
  public void add(int ms, long now) {
    rotate(now);
    current[bucket(ms)]++;
  }

  private void rotate(long now) {
    if (now - since >= PERIOD_MS) {
      var isNext = now - since < 2 * PERIOD_MS;
      var free = previous;
      previous = isNext ? current : new int[BUCKETS];
      Arrays.fill(free, 0);
      current = free;
      since = now;
    }
  }

  /** How many there are, by bucket. */
  public SortedMap<Integer, Long> counts(long now) {
    rotate(now);
    var counts = new TreeMap<Integer, Long>();
    for (var i = 0; i < BUCKETS; i++) {
      var count = (long) current[i] + previous[i];
      if (count > 0) {
        counts.put(i, count);
      }
    }
    return counts;
  }

  private static int bucket(int ms) {
    if (ms < STEPS) {
      return Math.max(0, ms);
    }
    var shift = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(ms) - BITS;
    return shift * STEPS + (ms >> shift);
  }

  /** The longest time of a bucket, in ms. */
  private static long longest(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    var shift = bucket / STEPS - 1;
    return (((long) bucket - (long) shift * STEPS + 1) << shift) - 1;
  }

  /** The time in ms that a part of them do not exceed; 0 if there are none. */
  public static long quantile(SortedMap<Integer, Long> counts, double part) {
    var all = counts.values().stream().mapToLong(Long::longValue).sum();
    var left = (long) Math.ceil(all * part);
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      left -= bucket.getValue();
      if (left <= 0) {
        return all == 0 ? 0 : longest(bucket.getKey());
      }
    }
    return 0;
  }
}
