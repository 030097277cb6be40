package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventStream;
import dev.serverevents.EventWait;
import dev.serverevents.Health;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.StoreChange;
import dev.serverevents.internal.local.StoreWatch;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import io.vertx.core.Closeable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServerEvents} of one verticle. It holds its own waits and emits, and asks the deployed
 * {@code ServerEventsVerticle}s to listen and to publish.
 */
public final class BusServerEvents implements ServerEvents {

  /** What {@code emit(name, id, (Object[]) null)} means. */
  private static final @Nullable Object[] NULL_ALONE = {null};

  private final Home home;
  private final Deployments deployments;
  private final StoreWatch stores;
  private volatile @Nullable Long timeout;

  // Only used on the context.
  private final PendingWaits waits;
  private final PendingStreams streams;
  private final PendingEmits emits;
  private final List<Consumer<StoreChange>> watchers = new ArrayList<>();
  private boolean closed;

  /** Takes it from what it is closed with; does nothing where that is nothing. */
  private Runnable detach = () -> {};

  private BusServerEvents(ContextInternal context) {
    home = Home.on(context);
    deployments = new Deployments(context.owner());
    stores = new StoreWatch(context.owner());
    waits = new PendingWaits(home);
    streams = new PendingStreams(home);
    emits = new PendingEmits(home);
  }

  /** See {@link ServerEvents#create(Vertx)}. */
  public static ServerEvents create(Vertx vertx) {
    var caller = ContextInternal.current();
    if (caller == null || caller.owner() != vertx) {
      return new BusServerEvents(((VertxInternal) vertx).createEventLoopContext());
    }
    var home = caller.unwrap();
    var events =
        new BusServerEvents(
            home.isEventLoopContext() ? home : ((VertxInternal) vertx).createEventLoopContext());
    if (home.isDeployment()) {
      Closeable closing = closed -> events.close().onComplete(closed);
      home.closeFuture().add(closing);
      events.detach = () -> home.closeFuture().remove(closing);
    }
    return events;
  }

  @Override
  public EventWait listen(Object name, Object id, WaitOptions options) {
    return open(name, id, options, false, null);
  }

  @Override
  public Future<EventArgs> request(
      Object name, Object id, WaitOptions options, Supplier<Future<?>> handOver) {
    return open(name, id, options, false, replyTo -> handOver.get()).future();
  }

  @Override
  public Future<EventArgs> requestDirect(
      Object name, Object id, WaitOptions options, Function<String, Future<?>> handOver) {
    return open(name, id, options, true, handOver::apply).future();
  }

  @Override
  public EventStream stream(Object name, Object id, StreamOptions options) {
    var caller = caller();
    try {
      Fields.present("options", options);
      var settings = deployments.options();
      var key = EventKey.of(name, id, settings.getLimits());
      var endless = options.follow() && options.timeout() == null;
      var timeout = timeout(options.timeout(), settings);
      var stream =
          new PendingStream(
              streams, key, endless ? null : timeout, options.retained(), options.follow(), caller);
      home.run(() -> start(stream));
      return stream.reader();
    } catch (InvalidInputException invalid) {
      var reader = new StreamReader(caller, closed -> {});
      reader.end(invalid);
      return reader;
    }
  }

  @Override
  public Future<Integer> emitProgress(Object name, Object id, @Nullable Object... args) {
    return publish(WireFormat::progress, EmitOptions.DEFAULT, name, id, args);
  }

  @Override
  public Future<Integer> emit(
      EmitOptions options, Object name, Object id, @Nullable Object... args) {
    return publish(EventKey::channel, options, name, id, args);
  }

  @Override
  public Future<Integer> reply(
      EmitOptions options, String replyTo, Object name, Object id, @Nullable Object... args) {
    return publish(key -> WireFormat.checkInbox("replyTo", replyTo), options, name, id, args);
  }

  private Future<Integer> publish(
      Function<EventKey, String> channel,
      EmitOptions options,
      Object name,
      Object id,
      @Nullable Object @Nullable [] args) {
    Promise<Integer> receivers = caller().promise();
    try {
      Fields.present("options", options);
      var limits = deployments.options().getLimits();
      var key = EventKey.of(name, id, limits);
      var payload = WireFormat.encode(name, id, requireNonNullElse(args, NULL_ALONE));
      if (payload.length() > limits.getPayloadOut()) {
        throw new InvalidInputException(
            "the payload's size",
            payload.length(),
            "must be at most %d bytes (limits.payloadOut)".formatted(limits.getPayloadOut()));
      }
      var to = channel.apply(key);
      home.run(() -> send(to, key, payload, options, receivers));
    } catch (InvalidInputException invalid) {
      receivers.fail(invalid);
    }
    return receivers.future();
  }

  @Override
  public Future<Integer> emitFailure(
      EmitOptions options,
      Object name,
      Object id,
      int code,
      String message,
      @Nullable Object detail) {
    return emit(options, name, id, WireFormat.failure(code, message, detail));
  }

  @Override
  public Future<Integer> replyFailure(
      EmitOptions options,
      String replyTo,
      Object name,
      Object id,
      int code,
      String message,
      @Nullable Object detail) {
    return reply(options, replyTo, name, id, WireFormat.failure(code, message, detail));
  }

  @Override
  public ServerEvents onReady(Runnable handler) {
    var caller = caller();
    watch(
        change -> {
          if (change.error() == null && isReady()) {
            caller.runOnContext(ready -> handler.run());
          }
        });
    if (isReady()) {
      caller.runOnContext(ready -> handler.run());
    }
    return this;
  }

  @Override
  public ServerEvents onError(BiConsumer<Store, Throwable> handler) {
    var caller = caller();
    watch(
        change -> {
          var error = change.error();
          if (error != null) {
            caller.runOnContext(failed -> handler.accept(change.store(), error));
          }
        });
    return this;
  }

  private void watch(Consumer<StoreChange> watcher) {
    stores.add(watcher);
    home.run(() -> watchers.add(watcher));
  }

  @Override
  public Health health() {
    return deployments.health();
  }

  @Override
  public boolean isReady() {
    var health = health();
    return health.inputStore() && health.outputStore() && !health.draining();
  }

  @Override
  public Vertx vertx() {
    return home.context().owner();
  }

  @Override
  public long timeout() {
    return timeout(deployments.options());
  }

  private long timeout(ServerEventsOptions settings) {
    return requireNonNullElse(timeout, settings.getTimeout());
  }

  @Override
  public ServerEvents timeout(long timeout) {
    this.timeout = ServerEventsOptions.timeout("timeout", timeout);
    return this;
  }

  @Override
  public Future<Void> close() {
    Promise<Void> done = caller().promise();
    home.run(
        () -> {
          closed = true;
          detach.run();
          watchers.forEach(stores::remove);
          var ended = new WaitCancelledException("The ServerEvents that waited was closed");
          var left = new UnavailableException("Closed before Redis answered to the emit");
          emits.failAll(left);
          streams.endAll(ended);
          waits.close(ended).onComplete(done);
        });
    return done.future();
  }

  /** In ms; the one that a call names, or else the usual one. */
  private long timeout(@Nullable Long named, ServerEventsOptions settings) {
    var timeout = requireNonNullElse(named, timeout(settings));
    return Fields.integer("timeout", timeout, 1, settings.getLimits().getTimeout());
  }

  private EventWait open(
      Object name,
      Object id,
      WaitOptions options,
      boolean direct,
      PendingWait.@Nullable HandOver handOver) {
    var caller = caller();
    try {
      Fields.present("options", options);
      var settings = deployments.options();
      var key = EventKey.of(name, id, settings.getLimits());
      var timeout = timeout(options.timeout(), settings);
      var wait = new PendingWait(waits, key, timeout, options.retained(), direct, handOver, caller);
      home.metrics().waitBegan();
      home.run(() -> start(wait));
      return wait;
    } catch (InvalidInputException invalid) {
      return new InvalidWait(caller.failedFuture(invalid), caller.failedFuture(invalid));
    }
  }

  private void start(PendingWait wait) {
    if (wait.isCancelled()) {
      wait.fail(PendingWait.cancelled());
    } else {
      listen(wait.key(), wait::fail, verticle -> waits.start(wait, verticle));
    }
  }

  private void start(PendingStream stream) {
    home.metrics().streamBegan();
    listen(
        stream.key(),
        cause -> streams.refuse(stream, cause),
        verticle -> streams.start(stream, verticle));
  }

  private void listen(EventKey key, Consumer<Throwable> refused, Consumer<Deployment> start) {
    var deployment = serving(key);
    if (deployment == null) {
      refused.accept(nobodyServes());
    } else if (!deployment.options().isListen()) {
      refused.accept(new UnavailableException("The ServerEventsVerticle only emits (listen)"));
    } else if (deployment.draining()) {
      refused.accept(Endings.draining());
    } else {
      start.accept(deployment);
    }
  }

  private void send(
      String channel,
      EventKey key,
      Buffer payload,
      EmitOptions options,
      Promise<Integer> receivers) {
    var deployment = serving(key);
    if (deployment == null) {
      receivers.fail(nobodyServes());
    } else {
      emits.send(deployment, channel, key, payload, options, receivers);
    }
  }

  private @Nullable Deployment serving(EventKey key) {
    return closed ? null : deployments.serving(key).orElse(null);
  }

  private UnavailableException nobodyServes() {
    return closed
        ? new UnavailableException("This ServerEvents is closed")
        : Endings.nobodyServes();
  }

  /** Where the caller is now, and wants its Futures to complete. */
  private ContextInternal caller() {
    return requireNonNullElse(ContextInternal.current(), home.context());
  }

  /** What is returned for bad input. */
  private record InvalidWait(Future<EventArgs> future, Future<Void> subscribed)
      implements EventWait {
    @Override
    public void cancel() {
      // it never began
    }
  }
}
