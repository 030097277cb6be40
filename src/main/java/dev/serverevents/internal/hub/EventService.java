package dev.serverevents.internal.hub;

import dev.serverevents.Cause;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.Store;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.journal.Course;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.Step;
import dev.serverevents.internal.journal.What;
import dev.serverevents.internal.json.JsonAddresses;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.PendingCount;
import dev.serverevents.internal.local.StoreChange;
import dev.serverevents.internal.local.StoreWatch;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a ServerEventsVerticle does while it is deployed: it takes commands, and drains at the end.
 */
public final class EventService implements Broker.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(EventService.class);

  /** So long the owners of waits that were ended are given to note it, in ms. */
  private static final long NOTED_MS = 500;

  private final Clock clock;
  private final Context context;
  private final ServerEventsOptions options;
  private final Consumer<Subscriber> newcomers;
  private final Deployments deployments;
  private final StoreWatch watch;
  private final Broker broker;
  private final Hub hub;
  private final Emits emits;
  private final Presence presence;
  private final Mailbox<Command> commands;
  private final PendingCount pending;
  private final ServerEventsMetrics metrics;
  private final PayloadDecoder decoder;
  private final Journal journal;
  private final Inquiries inquiries;
  private boolean serving;
  private boolean draining;

  /** Whether a connection has broken, and not all are up again. */
  private boolean away;

  /**
   * Creates one that is not started.
   *
   * @param brokers makes what it needs of Redis, which tells the given listener of its changes
   */
  public EventService(
      Vertx vertx,
      Context context,
      ServerEventsOptions options,
      Function<Broker.Listener, Broker> brokers) {
    this(vertx, context, options, brokers, newcomer -> {});
  }

  /**
   * The same.
   *
   * @param newcomers told of each subscriber before it is added, on the context
   */
  public EventService(
      Vertx vertx,
      Context context,
      ServerEventsOptions options,
      Function<Broker.Listener, Broker> brokers,
      Consumer<Subscriber> newcomers) {
    clock = Clocks.of(vertx);
    this.context = context;
    this.options = options;
    this.newcomers = newcomers;
    metrics = ServerEventsMetrics.of(vertx);
    decoder = new PayloadDecoder(metrics, options.getLimits().getPayloadIn());
    deployments = new Deployments(vertx);
    watch = new StoreWatch(vertx);
    broker = brokers.apply(this);
    hub = new Hub(context, broker, decoder);
    emits = new Emits(broker, metrics, Journal.of(vertx), clock);
    presence = new Presence(context, broker);
    commands = new Mailbox<>((ContextInternal) context, this::run);
    pending = new PendingCount(options.getLimits().getPendingWaits());
    journal = Journal.of(vertx);
    journal.keep(options.getExplainSteps(), options.isExplainPayloads());
    inquiries = new Inquiries(vertx, context, broker, hub, commands);
  }

  /** Connects, and then takes commands. */
  public Future<Void> start() {
    return broker.open().onSuccess(open -> serve());
  }

  /** Takes no new waits, and gives those that are pending, and the emits, time to end. */
  public Future<Void> stop() {
    draining = true;
    note(What.DRAINING, null);
    announce();
    var undeployed =
        new UnavailableException(Cause.DRAINING, "The ServerEventsVerticle was undeployed");
    var idle = Promise.<Void>promise();
    return hub.endEndless(undeployed)
        .onSuccess(ended -> pending.whenNone(idle::tryComplete))
        .compose(ended -> drained(idle.future()))
        .compose(drained -> hub.endAll(undeployed))
        .compose(ended -> told())
        .compose(told -> drained(broker.drain()))
        .compose(drained -> leave())
        .compose(left -> broker.close());
  }

  /** Gives the owners of what has just ended a moment to note it, and tells other servers of it. */
  private Future<Void> told() {
    var noted = Promise.<Void>promise();
    pending.whenNone(noted::tryComplete);
    return within(NOTED_MS, noted.future(), () -> {}).compose(done -> inquiries.sayGoodbye());
  }

  /** A caller that asks for something from here on finds no verticle. */
  private Future<Void> leave() {
    serving = false;
    deployments.remove(commands);
    presence.close();
    inquiries.close();
    return Future.succeededFuture();
  }

  /** How many messages were dropped because they are no events. */
  public long droppedPayloads() {
    return decoder.dropped();
  }

  @Override
  public void up(Store store, boolean all) {
    announce();
    if (all) {
      if (away) {
        note(What.REDIS_BACK, null);
      }
      away = false;
      tell(new StoreChange(store, null));
    }
  }

  @Override
  public void reconnected(Store store) {
    metrics.reconnected(store);
    presence.disturbed();
  }

  @Override
  public void resubscribed(long nanos) {
    metrics.resubscribed(nanos);
  }

  @Override
  public void failed(Store store, Throwable cause) {
    metrics.connectionFailed(store);
    presence.disturbed();
    hub.disconnected();
    announce();
    if (!away) {
      note(What.REDIS_AWAY, Course.detail(cause));
    }
    away = true;
    tell(new StoreChange(store, cause));
  }

  @Override
  public void rerouted() {
    if (serving) {
      presence.disturbed();
    }
    announce();
  }

  @Override
  public @Nullable Payload decode(String channel, Buffer json) {
    return decoder.decode(channel, json);
  }

  private void serve() {
    JsonAddresses.serve(context.owner());
    serving = true;
    announce();
    tell(new StoreChange(Store.OUTPUT_STORE, null));
    if (options.isListen()) {
      inquiries.serve();
    }
  }

  /** Remembers what concerns all that wait here. */
  private void note(What what, @Nullable String detail) {
    if (serving) {
      journal.notable(new Step(clock.nanoTime(), null, what, detail));
    }
  }

  private void announce() {
    if (serving) {
      deployments.put(
          new Deployment(
              commands,
              broker.jobs(),
              pending,
              options,
              broker.isPublishing(),
              broker.isListening(),
              broker.refusal(),
              broker.lastHeartbeats(),
              broker.shards(),
              draining));
    }
  }

  private void tell(StoreChange change) {
    if (serving) {
      watch.tell(change);
    }
  }

  private @Nullable Work run(Command command) {
    if (command instanceof Command.Listen listen) {
      listen(listen.subscriber());
    } else if (command instanceof Command.Leave leave) {
      hub.leave(leave.subscriber());
    } else if (command instanceof Command.Emit emit) {
      emits.publish(emit.emit());
    } else if (command instanceof Command.Settle settle) {
      hub.settle(settle.subscriber());
    } else if (command instanceof Command.LookUp lookUp) {
      hub.lookUp(lookUp.subscriber());
    } else if (command instanceof Command.Watch watch) {
      presence.watch(watch.watcher());
    } else if (command instanceof Command.Unwatch unwatch) {
      presence.unwatch(unwatch.watcher());
    } else if (command instanceof Command.Find find) {
      find.found().complete(hub.find(find.key(), find.max()));
    } else if (command instanceof Command.Describe describe) {
      describe.connections().complete(broker.connections());
    } else if (command instanceof Command.Ask ask) {
      inquiries.ask(ask.question(), options.isListen(), ask.answers());
    }
    return null;
  }

  /** A subscriber that was on its way when the drain began ends as those that come after do. */
  private void listen(Subscriber subscriber) {
    if (serving && !draining) {
      newcomers.accept(subscriber);
      hub.listen(subscriber);
    } else {
      var refused =
          new UnavailableException(
              Cause.DRAINING,
              serving
                  ? "The ServerEventsVerticle is being undeployed"
                  : "The ServerEventsVerticle was undeployed");
      subscriber.notices().add(new Notices.Ended(subscriber, refused));
    }
  }

  /**
   * Completes with the future, or when the drain timeout is over; in either case on the context.
   */
  private Future<Void> drained(Future<Void> future) {
    var ms = options.getDrainTimeout();
    return within(ms, future, () -> LOG.warn("not drained within {} ms (drainTimeout)", ms));
  }

  /**
   * Completes with the future, or after so many ms, which it tells; in either case on the context.
   */
  private Future<Void> within(long ms, Future<Void> future, Runnable late) {
    var done = Promise.<Void>promise();
    var timer =
        clock.setTimer(
            context,
            Math.max(1, ms),
            over -> {
              late.run();
              done.tryComplete();
            });
    future.onComplete(
        drained ->
            context.runOnContext(
                turn -> {
                  clock.cancel(timer);
                  done.tryComplete();
                }));
    return done.future();
  }
}
