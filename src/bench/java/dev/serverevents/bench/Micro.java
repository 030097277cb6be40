package dev.serverevents.bench;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.local.PendingCount;
import dev.serverevents.internal.local.Shards;
import dev.serverevents.internal.loop.Mailbox;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
  /** A verticle that takes commands, and hears. */
  protected static Deployment ready(Mailbox<Command> commands) {
    var options = new ServerEventsOptions();
    var pending = new PendingCount(options.getLimits().getPendingWaits());
    JobStore none = null; // no job is on a list here
    return new Deployment(
        commands,
        none,
        pending,
        options,
        true,
        true,
        null,
        List.of(System::nanoTime),
        Shards.ONE,
        false);
  }
}
