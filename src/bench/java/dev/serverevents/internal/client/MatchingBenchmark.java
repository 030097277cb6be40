package dev.serverevents.internal.client;

import dev.serverevents.EventArgs;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.bench.Loop;
import dev.serverevents.bench.Micro;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Matching: finds the wait of a direct reply among many, ends it, and makes another. */
public class MatchingBenchmark extends Micro {

  private static final int REPLIES = 1_000;
  private static final EventArgs RESULT = EventArgs.ofJson(Buffer.buffer("[\"result\"]"));

  /** How many wait. */
  @Param({"1000", "100000"})
  int waiting;

  private final Vertx vertx = Vertx.vertx();
  private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
  private final Map<String, Subscriber> inboxes = new ConcurrentHashMap<>();
  private final WaitOptions hours = WaitOptions.DEFAULT.timeout(3_600_000);
  private ServerEvents events;
  private long next;

  /** Makes the waits. */
  @Setup
  public void listen() {
    var commands =
        new Mailbox<Command>(
            context,
            command -> {
              if (command instanceof Command.Listen listen) {
                var inbox = listen.subscriber();
                inboxes.put(inbox.channel(), inbox);
                inbox.notices().add(new Notices.Subscribed(inbox, 1));
              }
              return null;
            });
    new Deployments(vertx).put(ready(commands));
    events = Loop.call(context, () -> Future.succeededFuture(ServerEvents.create(vertx)));
    Loop.<Object>call(
        context,
        () -> {
          var handedOver = new ArrayList<Future<?>>();
          while (next < waiting - REPLIES) {
            handedOver.add(request(new ArrayList<>()));
          }
          return Future.all(handedOver).mapEmpty();
        });
  }

  /** Completes when the job is handed over. */
  private Future<String> request(List<Future<?>> results) {
    var replyTo = Promise.<String>promise();
    results.add(
        events.requestDirect(
            "bench",
            next++,
            hours,
            inbox -> {
              replyTo.complete(inbox);
              return Future.succeededFuture();
            }));
    return replyTo.future();
  }

  /** Closes. */
  @TearDown
  public void close() {
    vertx.close().await();
  }

  /** One wait and its reply. */
  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public Object reply() {
    return Loop.<Object>call(
        context,
        () -> {
          var results = new ArrayList<Future<?>>();
          for (var i = 0; i < REPLIES; i++) {
            var payload = new Payload(new EventKey("bench", String.valueOf(next)), RESULT);
            request(results).onSuccess(replyTo -> answer(replyTo, payload));
          }
          return Future.all(results).mapEmpty();
        });
  }

  private void answer(String replyTo, Payload payload) {
    var inbox = inboxes.get(replyTo);
    inbox.notices().add(new Notices.Arrived(inbox, payload));
  }
}
