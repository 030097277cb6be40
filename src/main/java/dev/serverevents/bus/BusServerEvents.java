package dev.serverevents.bus;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.serverevents.EventArgs;
import dev.serverevents.EventKey;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServerEvents} of one verticle. It holds its own waits and their timers, and asks the
 * deployed {@code ServerEventsVerticle}s, over the event bus, to listen and to publish.
 */
public final class BusServerEvents implements ServerEvents {

  private final ContextInternal context;
  private final Deployments deployments;
  private final Outbox<Command> outbox;
  private final AtomicLong numbers = new AtomicLong();
  private volatile @Nullable Long timeout;

  // Only used on the context.
  private final Map<Long, PendingWait> waits = new HashMap<>();
  private final Map<Long, Promise<Integer>> emits = new HashMap<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private boolean closed;

  private BusServerEvents(ContextInternal context) {
    var vertx = context.owner();
    var address = Addresses.user();
    this.context = context;
    this.deployments = new Deployments(vertx);
    this.outbox = new Outbox<>(vertx, context, address, this::undelivered);
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
  public Future<EventArgs> on(Object name, Object id) {
    return listen(name, id).future();
  }

  @Override
  public Future<EventArgs> on(Object name, Object id, long timeout) {
    return listen(name, id, timeout).future();
  }

  @Override
  public EventWait listen(Object name, Object id) {
    return listen(name, id, timeout());
  }

  @Override
  public EventWait listen(Object name, Object id, long timeout) {
    return open(name, id, timeout);
  }

  @Override
  public Future<EventArgs> request(Object name, Object id, Supplier<Future<?>> handOver) {
    return request(name, id, timeout(), handOver);
  }

  @Override
  public Future<EventArgs> request(
      Object name, Object id, long timeout, Supplier<Future<?>> handOver) {
    var wait = open(name, id, timeout);
    wait.subscribed().compose(v -> handOver.get()).onFailure(cause -> end(wait, cause));
    return wait.future();
  }

  @Override
  public Future<Integer> emit(Object name, Object id, @Nullable Object... args) {
    Promise<Integer> receivers = callersPromise();
    try {
      var key = EventKey.of(name, id);
      var payload = WireFormat.encode(name, id, args);
      var emit = new Command.Emit(numbers.incrementAndGet(), key.channel(), payload);
      onContext(() -> send(key, emit, receivers));
    } catch (InvalidInputException invalid) {
      receivers.fail(invalid);
    }
    return receivers.future();
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
  public boolean isReady() {
    var all = deployments.all();
    return !all.isEmpty() && all.stream().allMatch(Deployment::ready);
  }

  @Override
  public long timeout() {
    var own = timeout;
    return own != null
        ? own
        : deployments.all().stream()
            .findFirst()
            .map(deployment -> deployment.options().getTimeout())
            .orElse(ServerEventsOptions.DEFAULT_TIMEOUT);
  }

  @Override
  public ServerEvents timeout(long timeout) {
    this.timeout = ServerEventsOptions.timeout("timeout", timeout);
    return this;
  }

  @Override
  public Future<Void> close() {
    Promise<Void> done = callersPromise();
    onContext(
        () -> {
          closed = true;
          var ended = new WaitCancelledException("The ServerEvents that waited was closed");
          List.copyOf(waits.values()).forEach(wait -> end(wait, ended));
          var left = new UnavailableException("Closed before Redis answered to the emit");
          emits.values().forEach(emit -> emit.fail(left));
          emits.clear();
          Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
              .<Void>mapEmpty()
              .onComplete(done);
        });
    return done.future();
  }

  private PendingWait open(Object name, Object id, long timeout) {
    var wait = new PendingWait(this, numbers.incrementAndGet(), callersPromise(), callersPromise());
    try {
      var key = EventKey.of(name, id);
      var checked = ServerEventsOptions.timeout("timeout", timeout);
      onContext(() -> start(wait, key, checked));
    } catch (InvalidInputException invalid) {
      wait.fail(invalid);
    }
    return wait;
  }

  private void start(PendingWait wait, EventKey key, long timeout) {
    var deployment = closed ? Optional.<Deployment>empty() : deployments.serving(key);
    if (deployment.isEmpty()) {
      wait.fail(nobodyServes());
      return;
    }
    var verticle = deployment.get().address();
    var timer =
        context.setTimer(
            timeout, t -> end(wait, new EventTimeoutException(key.name(), key.id(), timeout)));
    wait.started(key, verticle, timer);
    waits.put(wait.number, wait);
    outbox.send(verticle, new Command.Listen(wait.number, key));
  }

  private void send(EventKey key, Command.Emit emit, Promise<Integer> receivers) {
    var deployment = closed ? Optional.<Deployment>empty() : deployments.serving(key);
    if (deployment.isEmpty()) {
      receivers.fail(nobodyServes());
      return;
    }
    emits.put(emit.number(), receivers);
    outbox.send(deployment.get().address(), emit);
  }

  private void receive(Notice notice) {
    if (notice instanceof Notice.Subscribed subscribed) {
      Optional.ofNullable(waits.get(subscribed.number())).ifPresent(PendingWait::confirm);
    } else if (notice instanceof Notice.Arrived arrived) {
      remove(arrived.number()).ifPresent(wait -> wait.succeed(arrived.args()));
    } else if (notice instanceof Notice.Ended ended) {
      remove(ended.number()).ifPresent(wait -> wait.fail(ended.cause()));
    } else if (notice instanceof Notice.Emitted emitted) {
      var emit = emits.remove(emitted.number());
      if (emit != null) {
        emit.complete(emitted.receivers());
      }
    } else if (notice instanceof Notice.NotEmitted failed) {
      var emit = emits.remove(failed.number());
      if (emit != null) {
        emit.fail(failed.cause());
      }
    }
  }

  /** The verticle was undeployed between our look at the deployments and the delivery. */
  private void undelivered(List<Command> commands) {
    for (var command : commands) {
      if (command instanceof Command.Listen listen) {
        receive(new Notice.Ended(listen.number(), nobodyServes()));
      } else if (command instanceof Command.Emit emit) {
        receive(new Notice.NotEmitted(emit.number(), nobodyServes()));
      }
    }
  }

  /** Ends a wait from this side, so that the verticle has to be told. */
  void end(PendingWait wait, Throwable cause) {
    onContext(
        () ->
            remove(wait.number)
                .ifPresent(
                    pending -> {
                      outbox.send(
                          pending.verticle(), new Command.Leave(pending.number, pending.key()));
                      pending.fail(cause);
                    }));
  }

  private Optional<PendingWait> remove(long number) {
    var wait = waits.remove(number);
    if (wait != null) {
      context.owner().cancelTimer(wait.timer());
    }
    return Optional.ofNullable(wait);
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

  private void onContext(Runnable action) {
    if (context.isRunningOnContext()) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  /** A promise whose listeners run where the caller is now. */
  private <T> Promise<T> callersPromise() {
    return requireNonNullElse(ContextInternal.current(), context).promise();
  }
}
