package dev.serverevents.testing;

import java.util.concurrent.TimeUnit;

/** Prints what a test measured. Nothing is asserted of time: a machine may be slow. */
public final class Figures {

  private Figures() {}

  public static void print(String figure) {
    System.out.println("figure: " + figure);
  }

  /** How many ms have passed since a {@link System#nanoTime()}. */
  public static long msSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
  }

  /** The bytes of the heap that are in use after garbage collection. */
  public static long usedHeap() {
    var runtime = Runtime.getRuntime();
    for (var i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
