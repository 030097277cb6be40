package dev.serverevents.internal.client;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.bench.Loop;
import dev.serverevents.bench.Micro;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The life of a wait without Redis: there is a verticle that answers at once. The timers alone are
 * compared with Vert.x's own.
 */
public class WaitLifecycleBenchmark extends Micro {

  private static final int WAITS = 1_000;
  private static final long TIMEOUT_MS = 10_000;
  private static final EventKey KEY = new EventKey("bench", "1");

  private Vertx vertx;
  private ContextInternal context;
  private ServerEvents events;
  private PendingWait.Owner owner;
  private Timeouts<PendingWait> timeouts;

  /** Deploys. */
  @Setup
  public void deploy() {
    vertx = Vertx.vertx();
    context = ((VertxInternal) vertx).createEventLoopContext();
    context.runOnContext(v -> serve());
    events = Loop.call(context, () -> Future.succeededFuture(ServerEvents.create(vertx)));
    var home = Home.on(context);
    owner = new PendingWaits(home, new Verticles(context), new Workers(home));
    timeouts = new Timeouts<>(context, wait -> {}, wait -> {});
  }

  private void serve() {
    var payload = new Payload(KEY, EventArgs.ofJson(Buffer.buffer("[1]")));
    var commands =
        new Mailbox<Command>(
            context,
            command -> {
              if (command instanceof Command.Listen listen) {
                var subscriber = listen.subscriber();
                subscriber.notices().add(new Notices.Arrived(subscriber, payload));
              }
              return null;
            });
    new Deployments(vertx).put(ready(commands));
  }

  /** Undeploys. */
  @TearDown
  public void close() {
    vertx.close().await();
  }

  /** From {@code on} to the result, over the bus and back. */
  @Benchmark
  @OperationsPerInvocation(WAITS)
  public Object wholeLife() {
    return Loop.call(
        context,
        () -> {
          var results = new ArrayList<Future<?>>(WAITS);
          for (var id = 0; id < WAITS; id++) {
            results.add(events.on("bench", id));
          }
          return Future.join(results);
        });
  }

  /** Our timer for a wait, made and taken back. */
  @Benchmark
  @OperationsPerInvocation(WAITS)
  public Object sharedTimer() {
    return Loop.call(
        context,
        () -> {
          var waits = new ArrayList<PendingWait>(WAITS);
          for (var id = 0; id < WAITS; id++) {
            var wait = pendingWait();
            timeouts.add(wait);
            waits.add(wait);
          }
          waits.forEach(timeouts::remove);
          return Future.succeededFuture();
        });
  }

  /** The same with a timer of Vert.x for each. */
  @Benchmark
  @OperationsPerInvocation(WAITS)
  public Object timerForEach() {
    return Loop.call(
        context,
        () -> {
          var timers = new ArrayList<Long>(WAITS);
          for (var id = 0; id < WAITS; id++) {
            var wait = pendingWait();
            timers.add(context.setTimer(TIMEOUT_MS, late -> wait.cancel()));
          }
          timers.forEach(vertx::cancelTimer);
          return Future.succeededFuture();
        });
  }

  private PlainWait pendingWait() {
    return new PlainWait(owner, KEY, TIMEOUT_MS, WaitOptions.DEFAULT, context);
  }
}
