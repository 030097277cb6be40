package dev.serverevents;

import dev.serverevents.bench.Loop;
import dev.serverevents.bench.Micro;
import dev.serverevents.bus.Batch;
import dev.serverevents.bus.Command;
import dev.serverevents.bus.Deployments;
import dev.serverevents.bus.Notice;
import dev.serverevents.bus.Outbox;
import dev.serverevents.bus.Pending;
import dev.serverevents.redis.MalformedPayloadException;
import dev.serverevents.redis.RedisStores;
import dev.serverevents.redis.WireFormat;
import dev.serverevents.redis.WireFormat.Payload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Matching: finds the wait of a reply among many, ends it, and puts it back. */
public class MatchingBenchmark extends Micro implements RedisStores.Listener {

  private static final int REPLIES = 1_000;

  /** How many wait. */
  @Param({"1000", "100000"})
  int waiting;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<Pending> waits = new ArrayList<>();
  private final List<Payload> replies = new ArrayList<>();
  private Interests interests;

  /** Makes the waits, as the verticle gets them. */
  @Setup
  public void listen() throws MalformedPayloadException {
    var options = new ServerEventsOptions();
    var all = Promise.<Void>promise();
    vertx
        .eventBus()
        .<Batch<Command>>localConsumer(
            "bench",
            message -> {
              for (var command : message.body().items()) {
                waits.add(((Command.Listen) command).pending());
              }
              if (waits.size() == waiting) {
                all.complete();
              }
            });
    new Deployments(vertx).put(ready("bench", options));
    var events = ServerEvents.create(vertx);
    var hours = WaitOptions.DEFAULT.timeout(options.getLimits().getTimeout());
    for (var id = 0; id < waiting; id++) {
      events
          .requestDirect("bench", id, hours, replyTo -> Future.succeededFuture())
          .onFailure(ended -> {});
    }
    all.future().await();
    var stores = new RedisStores(vertx, "1", options, this);
    var outbox = new Outbox<Notice>(vertx, context, "1", gone -> {});
    interests =
        new Interests(
            stores, outbox, options.getLimits(), new DroppedPayloads(ServerEventsMetrics.NONE));
    Loop.<Void>call(
        context,
        () -> {
          waits.forEach(wait -> interests.listen(wait, 0));
          return Future.succeededFuture();
        });
    for (var id = 0; id < REPLIES; id++) {
      replies.add(WireFormat.decode(WireFormat.encode("bench", id, "result"), 1 << 10));
    }
  }

  /** Closes. */
  @TearDown
  public void close() {
    vertx.close().await();
  }

  /** One reply. */
  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public Object reply() {
    return Loop.<Object>call(
        context,
        () -> {
          for (var i = 0; i < REPLIES; i++) {
            interests.replied(replies.get(i));
            interests.listen(waits.get(i), 0);
          }
          return Future.succeededFuture();
        });
  }

  @Override
  public void up(Store store, boolean both) {}

  @Override
  public void reconnected(Store store) {}

  @Override
  public void rerouted() {}

  @Override
  public void inboxLost() {}

  @Override
  public void resubscribed(long nanos) {}

  @Override
  public void failed(Store store, Throwable cause) {}

  @Override
  public void inboxConfirmed() {}

  @Override
  public void replied(Payload reply) {}

  @Override
  public void dropped(String channel, MalformedPayloadException cause) {}
}
