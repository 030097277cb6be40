package dev.serverevents.internal.memory;

import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;

/** Brokers of one kind, each on a context of its own, and the faults of what is behind them. */
abstract class Brokers {

  static final EventKey KEY = new EventKey("order", "7");
  static final String CHANNEL = KEY.channel();

  final Vertx vertx = Vertx.vertx();
  private final List<Opened> opened = new ArrayList<>();

  /** A broker on a context of its own. */
  record Opened(Context context, Broker broker, Heeded heeded) {

    /** Runs something on its context, and returns the result. */
    <T> T get(Supplier<T> action) {
      return Await.result(on(() -> Future.succeededFuture(action.get())));
    }

    /** Starts something on its context. */
    <T> Future<T> on(Supplier<Future<T>> action) {
      Promise<T> done = Promise.promise();
      context.runOnContext(turn -> action.get().onComplete(done));
      return done.future();
    }

    void run(Runnable action) {
      get(
          () -> {
            action.run();
            return true;
          });
    }

    /** Subscribes a channel, and returns when that is confirmed. */
    void hear(String channel) {
      run(() -> broker.subscribe(channel, heeded.channel(channel)));
      Await.until(() -> get(() -> broker.isConfirmed(channel)));
    }

    Future<Integer> emit(Object arg, EmitOptions options) {
      return on(() -> broker.publish(CHANNEL, payload(arg), KEY, options));
    }

    int emit(Object arg) {
      return Await.result(emit(arg, EmitOptions.DEFAULT));
    }

    Kept lookUp(EventKey key, boolean dated) {
      return Await.result(on(() -> broker.lookUp(key, dated, () -> true)));
    }

    long count(String channel) {
      return Await.result(on(() -> broker.countSubscribers(List.of(channel)))).get(0);
    }

    long epoch() {
      return get(() -> broker.epoch(CHANNEL));
    }
  }

  abstract Broker make(ServerEventsOptions options, Broker.Listener listener);

  /** Breaks all connections, and has none made. */
  abstract void down();

  /** Has connections made again. */
  abstract void up();

  /** Ends what the brokers were connected to. */
  void end() {}

  static Buffer payload(Object arg) {
    return WireFormat.encode(KEY.name(), KEY.id(), arg);
  }

  static String heard(Object arg) {
    return CHANNEL + " " + payload(arg);
  }

  final Opened create(ServerEventsOptions options) {
    var context = vertx.getOrCreateContext();
    var heeded = new Heeded();
    Promise<Broker> made = Promise.promise();
    context.runOnContext(turn -> made.complete(make(options, heeded)));
    var created = new Opened(context, Await.result(made.future()), heeded);
    opened.add(created);
    return created;
  }

  final Opened open(ServerEventsOptions options) {
    var created = create(options);
    Await.result(created.on(created.broker()::open));
    return created;
  }

  final Opened open() {
    return open(new ServerEventsOptions());
  }

  @AfterEach
  final void closeAll() {
    opened.forEach(each -> Await.result(each.on(each.broker()::close)));
    Await.result(vertx.close());
    end();
  }
}
