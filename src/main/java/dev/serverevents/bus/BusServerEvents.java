package dev.serverevents.bus;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventStream;
import dev.serverevents.EventWait;
import dev.serverevents.Health;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WaitOptions;
import dev.serverevents.bus.Deployments.Deployment;
import dev.serverevents.redis.WireFormat;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServerEvents} of one verticle. It holds its own waits and emits, and asks the deployed
 * {@code ServerEventsVerticle}s, over the event bus, to listen and to publish.
 */
public final class BusServerEvents implements ServerEvents {

  private final ContextInternal context;
  private final Deployments deployments;
  private final String address = Addresses.user();
  private final Outbox<Command> outbox;
  private final AtomicLong numbers = new AtomicLong();
  private final ServerEventsMetrics metrics;
  private volatile @Nullable Long timeout;

  // Only used on the context.
  private final PendingWaits waits;
  private final Set<PendingStream> streams = new HashSet<>();
  private final Map<Long, Promise<Integer>> emits = new HashMap<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private boolean closed;

  private BusServerEvents(ContextInternal context) {
    var vertx = context.owner();
    this.context = context;
    this.deployments = new Deployments(vertx);
    this.metrics = ServerEventsMetrics.of(vertx);
    this.outbox = new Outbox<>(vertx, context, address, this::undelivered);
    this.waits = new PendingWaits(context, deployments, outbox);
    this.<Batch<Notice>>consume(address, batch -> batch.items().forEach(this::receive));
  }

  /** See {@link ServerEvents#create(Vertx)}. */
  public static ServerEvents create(Vertx vertx) {
    var caller = ContextInternal.current();
    if (caller == null) {
      return new BusServerEvents(((VertxInternal) vertx).createEventLoopContext());
    }
    var home = caller.unwrap();
    var events =
        new BusServerEvents(
            home.isEventLoopContext() ? home : ((VertxInternal) vertx).createEventLoopContext());
    if (home.isDeployment()) {
      home.closeFuture().add(closed -> events.close().onComplete(closed));
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
      var settings = deployments.options();
      var limits = settings.getLimits();
      var key = EventKey.of(name, id, limits);
      var endless = options.follow() && options.timeout() == null;
      var timeout = requireNonNullElse(options.timeout(), timeout(settings));
      var checked = Fields.integer("timeout", timeout, 1, limits.getTimeout());
      var stream =
          new PendingStream(
              this, key, endless ? null : checked, options.retained(), options.follow(), caller);
      onContext(() -> start(stream));
      return stream.reader();
    } catch (InvalidInputException invalid) {
      var reader = new StreamReader(caller, () -> {});
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
      @Nullable Object[] args) {
    Promise<Integer> receivers = caller().promise();
    try {
      var limits = deployments.options().getLimits();
      var key = EventKey.of(name, id, limits);
      var payload = WireFormat.encode(name, id, args);
      if (payload.length() > limits.getPayloadOut()) {
        throw new InvalidInputException(
            "the payload's size",
            payload.length(),
            "must be at most %d bytes (limits.payloadOut)".formatted(limits.getPayloadOut()));
      }
      var number = numbers.incrementAndGet();
      var emit = new Command.Emit(number, channel.apply(key), key, payload, options);
      onContext(() -> send(key, emit, receivers));
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
    onStoreChange(change -> change.error() == null && isReady(), change -> handler.run());
    onContext(
        () -> {
          if (isReady()) {
            handler.run();
          }
        });
    return this;
  }

  @Override
  public ServerEvents onError(BiConsumer<Store, Throwable> handler) {
    onStoreChange(
        change -> change.error() != null,
        change -> handler.accept(change.store(), requireNonNull(change.error())));
    return this;
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
    return context.owner();
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
    onContext(
        () -> {
          closed = true;
          var ended = new WaitCancelledException("The ServerEvents that waited was closed");
          var left = new UnavailableException("Closed before Redis answered to the emit");
          emits.values().forEach(emit -> emit.fail(left));
          emits.clear();
          Set.copyOf(streams).forEach(stream -> end(stream, ended));
          waits
              .endAll(ended)
              .compose(all -> Future.join(consumers.stream().map(c -> c.unregister()).toList()))
              .<Void>mapEmpty()
              .onComplete(done);
        });
    return done.future();
  }

  private EventWait open(
      Object name,
      Object id,
      WaitOptions options,
      boolean direct,
      PendingWait.@Nullable HandOver handOver) {
    var caller = caller();
    try {
      var settings = deployments.options();
      var limits = settings.getLimits();
      var key = EventKey.of(name, id, limits);
      var timeout = requireNonNullElse(options.timeout(), timeout(settings));
      var checked = Fields.integer("timeout", timeout, 1, limits.getTimeout());
      var wait = new PendingWait(this, key, checked, options.retained(), direct, handOver, caller);
      metrics.waitBegan();
      onContext(() -> start(wait));
      return wait;
    } catch (InvalidInputException invalid) {
      return new InvalidWait(caller.failedFuture(invalid), caller.failedFuture(invalid));
    }
  }

  private void start(PendingWait wait) {
    listen(wait.key(), wait::fail, deployment -> waits.start(wait, deployment));
  }

  private void start(PendingStream stream) {
    streams.add(stream);
    metrics.streamBegan();
    listen(
        stream.key(),
        cause -> end(stream, cause),
        deployment -> {
          stream.start(deployment, context);
          stream
              .parts()
              .forEach(part -> outbox.send(deployment.address(), new Command.Listen(part, 0)));
        });
  }

  private void listen(EventKey key, Consumer<Throwable> refused, Consumer<Deployment> start) {
    var deployment = serving(key);
    if (deployment == null) {
      refused.accept(nobodyServes());
    } else if (!deployment.options().isListen()) {
      refused.accept(new UnavailableException("The ServerEventsVerticle only emits (listen)"));
    } else if (deployment.draining()) {
      refused.accept(new UnavailableException("The ServerEventsVerticle is being undeployed"));
    } else {
      start.accept(deployment);
    }
  }

  /** Ends a wait from this side. */
  void end(PendingWait wait, Throwable cause) {
    onContext(() -> waits.end(wait, cause));
  }

  /** Ends a stream from this side; null where that is as it should be. */
  void end(PendingStream stream, @Nullable Throwable cause) {
    onContext(
        () -> {
          if (stream.end(context, cause)) {
            streams.remove(stream);
            metrics.streamEnded(cause);
            var verticle = stream.verticle();
            if (verticle != null) {
              stream
                  .parts()
                  .forEach(part -> outbox.send(verticle.address(), new Command.Leave(part)));
            }
          }
        });
  }

  void timeOut(PendingStream stream) {
    end(stream, stream.timedOut(waits));
  }

  ServerEventsMetrics metrics() {
    return metrics;
  }

  PendingWaits waits() {
    return waits;
  }

  /** Where it takes notices. */
  String address() {
    return address;
  }

  private void send(EventKey key, Command.Emit emit, Promise<Integer> receivers) {
    var deployment = serving(key);
    if (deployment == null) {
      receivers.fail(nobodyServes());
    } else {
      emits.put(emit.number(), receivers);
      outbox.send(deployment.address(), emit);
    }
  }

  private @Nullable Deployment serving(EventKey key) {
    return closed ? null : deployments.serving(key).orElse(null);
  }

  private void receive(Notice notice) {
    if (notice instanceof Notice.Subscribed subscribed) {
      subscribed.pending().subscribed(subscribed.epoch());
    } else if (notice instanceof Notice.Lost lost) {
      lost.pending().lost();
    } else if (notice instanceof Notice.Arrived arrived) {
      arrived.pending().arrived(arrived.args());
    } else if (notice instanceof Notice.Ended ended) {
      ended.pending().ended(ended.cause());
    } else if (notice instanceof Notice.Emitted emitted) {
      emitted(emitted.number(), emit -> emit.complete(emitted.receivers()));
    } else if (notice instanceof Notice.NotEmitted failed) {
      emitted(failed.number(), emit -> emit.fail(failed.cause()));
    }
  }

  private void emitted(long number, Consumer<Promise<Integer>> outcome) {
    var emit = emits.remove(number);
    if (emit != null) {
      outcome.accept(emit);
    }
  }

  /** The verticle was undeployed between our look at the deployments and the delivery. */
  private void undelivered(List<Command> commands) {
    for (var command : commands) {
      if (command instanceof Command.Listen listen) {
        listen.pending().ended(nobodyServes());
      } else if (command instanceof Command.Emit emit) {
        emitted(emit.number(), promise -> promise.fail(nobodyServes()));
      }
    }
  }

  private UnavailableException nobodyServes() {
    return new UnavailableException(
        closed
            ? "This ServerEvents is closed"
            : "No ServerEventsVerticle is deployed on this Vert.x");
  }

  private void onStoreChange(Predicate<StoreChange> wanted, Consumer<StoreChange> handler) {
    this.<StoreChange>consume(
        Addresses.STORES,
        change -> {
          if (wanted.test(change)) {
            handler.accept(change);
          }
        });
  }

  /** A consumer gets its messages on the context on which it was made. */
  private <T> void consume(String address, Consumer<T> handler) {
    onContext(
        () ->
            consumers.add(
                context
                    .owner()
                    .eventBus()
                    .<T>localConsumer(address, message -> handler.accept(message.body()))));
  }

  /** Runs an action on the context's thread: at once if this is it, on whichever context. */
  private void onContext(Runnable action) {
    if (context.inThread()) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  /** Where the caller is now, and wants its Futures to complete. */
  private ContextInternal caller() {
    return requireNonNullElse(ContextInternal.current(), context);
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
