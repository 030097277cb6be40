package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.Cause;
import dev.serverevents.ClaimedJob;
import dev.serverevents.EmitOptions;
import dev.serverevents.EventResults;
import dev.serverevents.EventStream;
import dev.serverevents.EventWait;
import dev.serverevents.EventWaits;
import dev.serverevents.Explanation;
import dev.serverevents.FirstEvent;
import dev.serverevents.Health;
import dev.serverevents.Job;
import dev.serverevents.JobList;
import dev.serverevents.JobListOptions;
import dev.serverevents.JobSource;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.Store;
import dev.serverevents.StreamOptions;
import dev.serverevents.SystemOverview;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.Worker;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import dev.serverevents.internal.worker.StoredJobs;
import io.vertx.core.Closeable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServerEvents} of one verticle. It holds its own waits, streams and emits, which ask
 * the deployed {@code ServerEventsVerticle}s to listen and to publish.
 */
public final class BusServerEvents implements ServerEvents {

  private final Home home;
  private final Verticles verticles;
  private final StoreHandlers handlers;
  private final PendingWaits waits;
  private final SeveralWaits several;
  private final PendingStreams streams;
  private final PendingEmits emits;
  private final Work work;
  private final Questions questions;

  /** Detaches it from the verticle whose end closes it, if there is one. */
  private Runnable detach = () -> {};

  private BusServerEvents(ContextInternal context) {
    home = Home.on(context);
    verticles = new Verticles(context);
    handlers = new StoreHandlers(home, this::isReady);
    var workers = new Workers(home);
    waits = new PendingWaits(home, verticles, workers);
    several = new SeveralWaits(waits, verticles);
    streams = new PendingStreams(home, verticles, workers);
    emits = new PendingEmits(home, verticles);
    work = new Work(home, verticles, this);
    questions = new Questions(home, verticles);
    home.books()
        .watch(
            this::count,
            () -> Stream.of(workers.reports(), work.reports()).flatMap(List::stream).toList());
  }

  private Future<?> count(PendingByName pending) {
    return waits
        .forEach(wait -> pending.addWait(wait.key().name(), wait.since()))
        .compose(counted -> streams.forEach(stream -> pending.addStream(stream.key().name())));
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

  /** The context of the caller, on which its Futures complete. */
  private ContextInternal caller() {
    return requireNonNullElse(ContextInternal.current(), home.context());
  }

  @Override
  public EventWait listen(Object name, Object id, WaitOptions options) {
    return waits.listen(name, id, options, caller());
  }

  @Override
  public EventWait listen(
      Object name, Object id, WaitOptions options, Function<Job, Future<?>> handOver) {
    return waits.request(name, id, options, handOver::apply, caller());
  }

  @Override
  public EventWaits<EventResults> listenAll(Object name, Collection<?> ids, WaitOptions options) {
    return several.all(name, ids, null, options, caller());
  }

  @Override
  public EventWaits<EventResults> listenAll(
      Object name, Collection<?> ids, int min, WaitOptions options) {
    return several.all(name, ids, min, options, caller());
  }

  @Override
  public EventWaits<FirstEvent> listenAny(Object name, Collection<?> ids, WaitOptions options) {
    return several.any(name, ids, options, caller());
  }

  @Override
  public EventStream stream(Object name, Object id, StreamOptions options) {
    return streams.stream(name, id, options, caller());
  }

  @Override
  public Future<Integer> emitProgress(Object name, Object id, @Nullable Object... args) {
    return emits.emit(
        Operation.PROGRESS, WireNames::progress, EmitOptions.DEFAULT, name, id, args, caller());
  }

  @Override
  public Future<Integer> emit(
      EmitOptions options, Object name, Object id, @Nullable Object... args) {
    return emits.emit(Operation.PUBLISH, EventKey::channel, options, name, id, args, caller());
  }

  @Override
  public Future<Integer> reply(
      EmitOptions options, String replyTo, Object name, Object id, @Nullable Object... args) {
    Function<EventKey, String> inbox = key -> WireNames.checkInbox("replyTo", replyTo);
    return emits.emit(Operation.PUBLISH, inbox, options, name, id, args, caller());
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
  public Worker work(
      Object name, JobSource source, WorkOptions options, Function<ClaimedJob, Future<?>> handler) {
    return work.start(name, source, options, handler, caller());
  }

  @Override
  public JobList jobList(String name, JobListOptions options) {
    return new StoredJobs(verticles::jobs, name, options);
  }

  @Override
  public Future<SystemOverview> overview() {
    return questions.overview(caller());
  }

  @Override
  public Future<Explanation> explain(Object name, Object id) {
    return questions.explain(name, id, caller());
  }

  @Override
  public Future<Integer> cancelAll(Object name, Object id) {
    return questions.cancel(name, id, caller());
  }

  @Override
  public ServerEvents onReady(Runnable handler) {
    handlers.onReady(caller(), handler);
    return this;
  }

  @Override
  public ServerEvents onError(BiConsumer<Store, Throwable> handler) {
    handlers.onError(caller(), handler);
    return this;
  }

  @Override
  public Health health() {
    return verticles.health();
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
    return verticles.timeout();
  }

  @Override
  public ServerEvents timeout(long timeout) {
    verticles.timeout(timeout);
    return this;
  }

  @Override
  public Future<Void> close() {
    Promise<Void> done = caller().promise();
    home.run(() -> work.close().onComplete(worked -> close(done)));
    return done.future();
  }

  private void close(Promise<Void> done) {
    verticles.close();
    detach.run();
    handlers.close();
    home.books().close();
    emits.failAll(
        new UnavailableException(Cause.NOT_DEPLOYED, "Closed before Redis answered to the emit"));
    var ended =
        new WaitCancelledException(Cause.CANCELLED, "The ServerEvents that waited was closed");
    streams.endAll(ended);
    waits.close(ended).onComplete(done);
  }
}
