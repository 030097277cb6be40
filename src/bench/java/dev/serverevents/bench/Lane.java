package dev.serverevents.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** One of the cycles in flight: as soon as one has ended it begins the next. */
final class Lane {

  /** No two API servers use the same. */
  private static final AtomicLong IDS =
      new AtomicLong(ProcessHandle.current().pid() * 1_000_000_000);

  private final Contender contender;
  private final long end;
  private final CountDownLatch ended;
  private long[] latencies = new long[1_024];
  private int count;
  private int lost;

  /** What all lanes measured together; the latencies in ns and sorted. */
  record Lanes(double cyclesPerSecond, List<Long> latencies, long lost) {}

  private Lane(Contender contender, long end, CountDownLatch ended) {
    this.contender = contender;
    this.end = end;
    this.ended = ended;
  }

  /** Runs a number of lanes for a time. */
  static Lanes run(Contender contender, int inFlight, long ms) throws InterruptedException {
    var ended = new CountDownLatch(inFlight);
    var began = System.nanoTime();
    var end = began + ms * 1_000_000;
    var lanes =
        IntStream.range(0, inFlight).mapToObj(i -> new Lane(contender, end, ended)).toList();
    lanes.forEach(Lane::next);
    ended.await();
    return sum(lanes, System.nanoTime() - began);
  }

  private static Lanes sum(List<Lane> lanes, long ns) {
    var latencies =
        lanes.stream()
            .flatMapToLong(lane -> Arrays.stream(lane.latencies, 0, lane.count))
            .sorted()
            .boxed()
            .toList();
    return new Lanes(
        latencies.size() * 1e9 / ns, latencies, lanes.stream().mapToLong(lane -> lane.lost).sum());
  }

  private void next() {
    var began = System.nanoTime();
    if (began - end >= 0) {
      ended.countDown();
      return;
    }
    contender
        .cycle(IDS.incrementAndGet())
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                add(System.nanoTime() - began);
              } else {
                lost++;
              }
              next();
            });
  }

  private void add(long ns) {
    if (count == latencies.length) {
      latencies = Arrays.copyOf(latencies, 2 * count);
    }
    latencies[count++] = ns;
  }
}
