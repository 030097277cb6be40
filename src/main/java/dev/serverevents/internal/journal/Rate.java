package dev.serverevents.internal.journal;

/** How many things happen in a second, of the last ten whole seconds. Used on one context only. */
public final class Rate {

  private static final int SECONDS = 10;

  /** The present second, and those before it. */
  private final int[] counts = new int[SECONDS + 1];

  private long second;

  /** Creates one that has counted nothing, in a second. */
  public Rate(long now) {
    second = now;
  }

  /** Counts one, in a second. */
  public void add(long now) {
    moveTo(now);
    counts[at(now)]++;
  }

  private void moveTo(long now) {
    for (var next = Math.max(second + 1, now - SECONDS); next <= now; next++) {
      counts[at(next)] = 0;
    }
    second = Math.max(second, now);
  }

  private static int at(long second) {
    return Math.floorMod(second, SECONDS + 1);
  }

  /** How many there were in each of the seconds before this one. */
  public double perSecond(long now) {
    moveTo(now);
    var sum = 0L;
    for (var i = 0; i <= SECONDS; i++) {
      sum += i == at(now) ? 0 : counts[i];
    }
    return (double) sum / SECONDS;
  }
}
