package dev.serverevents.bench;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.bus.Deployments.Deployment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How JMH measures what is inside one process: the average time of an operation, in ns. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class Micro {
  /** A verticle that takes its commands at an address, and hears. */
  protected static Deployment ready(String address, ServerEventsOptions options) {
    var heartbeat = new AtomicLong(System.nanoTime());
    return new Deployment(
        address, "$inbox:1", options, true, true, Set.of(1L), 1, List.of(heartbeat), false);
  }
}
