package dev.serverevents;

import dev.serverevents.internal.client.BusServerEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for events by name and id, and emits them, through the {@link ServerEventsVerticle} that is
 * deployed on the same Vert.x.
 *
 * <p>A name or an id is a {@link String} or an integer ({@link Integer}, {@link Long}, {@link
 * Short}, {@link Byte}, {@link java.math.BigInteger}), at most {@value LimitsOptions#MAX_KEY} bytes
 * of UTF-8 and not empty; {@code 314} and {@code "314"} are the same one. Names that begin with
 * {@code $} are reserved, and those that begin with {@code __} are Redis's own. Anything else fails
 * with {@link InvalidInputException}.
 *
 * <p>An instance belongs to the verticle that creates it, and its waits end when that verticle is
 * undeployed; created outside of a verticle, it lasts until {@link #close()}. It may be called from
 * any thread: a Future completes on the context of its caller.
 */
public interface ServerEvents {

  /**
   * Creates an instance for the calling verticle.
   *
   * @param vertx the Vert.x on which a {@link ServerEventsVerticle} is, or will be, deployed
   */
  static ServerEvents create(Vertx vertx) {
    return BusServerEvents.create(vertx);
  }

  /** Waits for an event, for {@link #timeout()} ms at most; see {@link #listen}. */
  default Future<EventArgs> on(Object name, Object id) {
    return on(name, id, WaitOptions.DEFAULT);
  }

  /** Waits for an event, for {@code timeout} ms at most; see {@link #listen}. */
  default Future<EventArgs> on(Object name, Object id, long timeout) {
    return on(name, id, WaitOptions.DEFAULT.timeout(timeout));
  }

  /** Waits for an event, for a {@link Duration} at most; see {@link #listen}. */
  default Future<EventArgs> on(Object name, Object id, Duration timeout) {
    return on(name, id, WaitOptions.DEFAULT.timeout(timeout));
  }

  /** Waits for an event; see {@link #listen}. */
  default Future<EventArgs> on(Object name, Object id, WaitOptions options) {
    return listen(name, id, options).future();
  }

  /** The same as {@link #listen(Object,Object,WaitOptions)}, with the defaults. */
  default EventWait listen(Object name, Object id) {
    return listen(name, id, WaitOptions.DEFAULT);
  }

  /** The same as {@link #listen(Object,Object,WaitOptions)}, with a timeout in ms. */
  default EventWait listen(Object name, Object id, long timeout) {
    return listen(name, id, WaitOptions.DEFAULT.timeout(timeout));
  }

  /**
   * Waits for the next event of a name and id, and returns a handle that tells when Redis has
   * confirmed the subscription and that can be cancelled.
   *
   * <p>A wait that is made, or caught, while Redis is away stays pending and is subscribed when
   * Redis is back. What is emitted before that reaches it only if both are {@link
   * WaitOptions#retained() retained}.
   *
   * <p>The next event is the next one of that name and id, whoever it was meant for: one that comes
   * too late for a wait that has ended resolves the next wait of the same key. Give each job an id
   * of its own where that matters, or use {@link #requestDirect}, whose waits take the reply to
   * their own job alone.
   *
   * <p>When its time is over, Redis is asked whether something is on its way, for {@link
   * ServerEventsOptions#getProbeTimeout()} at most; see {@link EventTimeoutException} for what a
   * timeout proves.
   *
   * @return its {@link EventWait#future()} has the arguments passed to {@code emit}; it fails with
   *     {@link EventTimeoutException} when Redis has published no such event from the time of the
   *     confirmed subscription to the end of the wait; {@link UnavailableException} when that
   *     cannot be known, since the wait was not heard all the time or Redis did not tell, or its
   *     verticle was undeployed, or a limit was reached; {@link EventFailureException} when the job
   *     failed; {@link InvalidInputException} for bad input
   */
  EventWait listen(Object name, Object id, WaitOptions options);

  /** Waits for the events of all ids; see {@link #listenAll(Object,Collection,WaitOptions)}. */
  default Future<EventResults> onAll(Object name, Collection<?> ids) {
    return onAll(name, ids, WaitOptions.DEFAULT);
  }

  /** Waits for the events of all ids; see {@link #listenAll(Object,Collection,WaitOptions)}. */
  default Future<EventResults> onAll(Object name, Collection<?> ids, WaitOptions options) {
    return listenAll(name, ids, options).future();
  }

  /** Waits for several events; see {@link #listenAll(Object,Collection,int,WaitOptions)}. */
  default Future<EventResults> onAll(Object name, Collection<?> ids, int min) {
    return onAll(name, ids, min, WaitOptions.DEFAULT);
  }

  /** Waits for several events; see {@link #listenAll(Object,Collection,int,WaitOptions)}. */
  default Future<EventResults> onAll(Object name, Collection<?> ids, int min, WaitOptions options) {
    return listenAll(name, ids, min, options).future();
  }

  /**
   * The same as {@link #listenAll(Object,Collection,int,WaitOptions)}, where the events of all ids
   * are needed.
   */
  EventWaits<EventResults> listenAll(Object name, Collection<?> ids, WaitOptions options);

  /**
   * Waits for the events of several ids of one name, until {@code min} of them have come. The waits
   * begin together, with one timeout. They end, those that are left included, the moment that
   * {@code min} events have come, or that so many waits have failed that this is impossible, or
   * when the time is over.
   *
   * @param ids from 1 to {@value LimitsOptions#MAX_IDS}; two that are the same as text are one
   * @param min from 1 to the number of ids
   * @return its {@link EventWaits#future()} has the {@link EventResults}. It fails with {@link
   *     IncompleteException}, which has them as well, when fewer events came. The cause of that is
   *     the failure that made it impossible; or, when the time was over, {@link
   *     UnavailableException} if it is not known of so many events whether they came that there may
   *     have been enough, and otherwise {@link EventTimeoutException}. For bad input it fails with
   *     {@link InvalidInputException}, before anything is subscribed.
   */
  EventWaits<EventResults> listenAll(Object name, Collection<?> ids, int min, WaitOptions options);

  /** Waits for the first event of several ids; see {@link #listenAny}. */
  default Future<FirstEvent> onAny(Object name, Collection<?> ids) {
    return onAny(name, ids, WaitOptions.DEFAULT);
  }

  /** Waits for the first event of several ids; see {@link #listenAny}. */
  default Future<FirstEvent> onAny(Object name, Collection<?> ids, WaitOptions options) {
    return listenAny(name, ids, options).future();
  }

  /**
   * Waits for the first event of several ids of one name, as {@link
   * #listenAll(Object,Collection,int,WaitOptions)} does for one event that is needed. A wait that
   * fails does not end the others.
   *
   * @param ids from 1 to {@value LimitsOptions#MAX_IDS}; two that are the same as text are one
   * @return its {@link EventWaits#future()} has the first event. It fails only when all waits have
   *     ended without one: with {@link EventFailureException} if a job failed, and if several have,
   *     with the one whose id was given first; else with {@link UnavailableException} if it is not
   *     known of each event whether it came; else with {@link EventTimeoutException}. For bad input
   *     it fails with {@link InvalidInputException}, before anything is subscribed.
   */
  EventWaits<FirstEvent> listenAny(Object name, Collection<?> ids, WaitOptions options);

  /** The same as {@link #request(Object,Object,WaitOptions,Function)}, with the defaults. */
  default Future<EventArgs> request(Object name, Object id, Function<Job, Future<?>> handOver) {
    return request(name, id, WaitOptions.DEFAULT, handOver);
  }

  /** The same as {@link #request(Object,Object,WaitOptions,Function)}, with a timeout in ms. */
  default Future<EventArgs> request(
      Object name, Object id, long timeout, Function<Job, Future<?>> handOver) {
    return request(name, id, WaitOptions.DEFAULT.timeout(timeout), handOver);
  }

  /**
   * Starts a job and waits for its event: {@code handOver} runs once the subscription is confirmed,
   * so that even a worker that answers at once is heard. The timeout covers the subscription, the
   * hand-over and the job.
   *
   * <p>With {@link WaitOptions#retained()}, an event that is kept counts if it was kept after the
   * request began, so that a gap in the connection loses nothing; what was kept before that is the
   * answer to another job, and is passed over.
   *
   * <p>With {@link WaitOptions#watchWorker()} and the like, the job has a {@link Job#claimTo()},
   * and the wait learns what becomes of its worker; see {@link #work}.
   *
   * @param handOver gives the job to a worker, for example by pushing it to a queue; when it fails,
   *     the wait ends at once with that failure
   * @return as {@link #listen(Object,Object,WaitOptions)}, or the failure of {@code handOver}; with
   *     these options also {@link NoWorkerException} and {@link WorkerLostException}
   */
  default Future<EventArgs> request(
      Object name, Object id, WaitOptions options, Function<Job, Future<?>> handOver) {
    return listen(name, id, options, handOver).future();
  }

  /** A request as {@link #request(Object,Object,WaitOptions,Function)}, which can be cancelled. */
  EventWait listen(Object name, Object id, WaitOptions options, Function<Job, Future<?>> handOver);

  /** A request whose hand-over needs to know nothing of the job, with the defaults. */
  default Future<EventArgs> request(Object name, Object id, Supplier<Future<?>> handOver) {
    return request(name, id, WaitOptions.DEFAULT, handOver);
  }

  /** A request whose hand-over needs to know nothing of the job, with a timeout in ms. */
  default Future<EventArgs> request(
      Object name, Object id, long timeout, Supplier<Future<?>> handOver) {
    return request(name, id, WaitOptions.DEFAULT.timeout(timeout), handOver);
  }

  /** A request whose hand-over needs to know nothing of the job. */
  default Future<EventArgs> request(
      Object name, Object id, WaitOptions options, Supplier<Future<?>> handOver) {
    return request(name, id, options, job -> handOver.get());
  }

  /** The same as {@link #requestDirect(Object,Object,WaitOptions,Function)}, with the defaults. */
  default Future<EventArgs> requestDirect(
      Object name, Object id, Function<String, Future<?>> handOver) {
    return requestDirect(name, id, WaitOptions.DEFAULT, handOver);
  }

  /**
   * The same as {@link #requestDirect(Object,Object,WaitOptions,Function)}, with a timeout in ms.
   */
  default Future<EventArgs> requestDirect(
      Object name, Object id, long timeout, Function<String, Future<?>> handOver) {
    return requestDirect(name, id, WaitOptions.DEFAULT.timeout(timeout), handOver);
  }

  /**
   * Starts a job whose worker answers this server alone, with {@link #reply}: cheaper and faster
   * than an event that everybody may wait for, since an inbox is subscribed once for many waits of
   * one name. What is emitted under the same name and id is not heard, and no reply to another job
   * is taken, not even to an earlier one of the same key.
   *
   * @param handOver gives the job to a worker, together with the {@code replyTo} that it is passed;
   *     when it fails, the wait ends at once with that failure
   * @return as {@link #listen}, or the failure of {@code handOver}
   */
  default Future<EventArgs> requestDirect(
      Object name, Object id, WaitOptions options, Function<String, Future<?>> handOver) {
    return request(name, id, options.direct(true), job -> handOver.apply(job.replyTo()));
  }

  /** The same as {@link #stream(Object,Object,StreamOptions)}, with the defaults. */
  default EventStream stream(Object name, Object id) {
    return stream(name, id, StreamOptions.DEFAULT);
  }

  /**
   * Listens to the progress of a job as well, until its event.
   *
   * @return what comes, in order, with back-pressure. Its exception handler gets what {@link
   *     #listen(Object,Object,WaitOptions)} fails with, but for {@link EventFailureException}: a
   *     failed job is a {@link StreamEvent.Failure}.
   */
  EventStream stream(Object name, Object id, StreamOptions options);

  /**
   * Tells how far a job is: it reaches the {@linkplain #stream streams} of its event, ends no wait,
   * and is never kept.
   *
   * @param args as for {@link #emit(EmitOptions,Object,Object,Object...)}, as is what is returned
   */
  Future<Integer> emitProgress(Object name, Object id, @Nullable Object... args);

  /** Emits an event; see {@link #emit(EmitOptions,Object,Object,Object...)}. */
  default Future<Integer> emit(Object name, Object id, @Nullable Object... args) {
    return emit(EmitOptions.DEFAULT, name, id, args);
  }

  /**
   * Emits an event to all waits and streams of its name and id, on any server.
   *
   * <p>While Redis is away the event is queued, for the emit timeout at most. The Future completes
   * only when Redis has it. It is ambiguous when the connection breaks after the event was written
   * and before Redis answered: one with an {@linkplain EmitOptions#idempotencyKey() idempotency
   * key} is then sent again and is emitted once; a retained one is sent again, which may deliver it
   * twice, but a wait has one outcome; any other fails, and may have been delivered or not.
   *
   * @param args anything that Vert.x can write as JSON: {@code null}, strings, numbers, booleans,
   *     {@code JsonObject}, {@code JsonArray}, maps, lists, and classes that Jackson maps
   * @return how many subscribers Redis says received it; 0 on a single Redis server means that
   *     nobody waits. The number counts connections, not waits: the waits of one verticle share one
   *     connection. It is -1 when Redis took it but the number is not known: because another event,
   *     sent in the same write, was refused, or on a Redis Cluster without sharded Pub/Sub, where
   *     PUBLISH counts one node's subscribers only (redis issue 7986). With it, those are counted
   *     that subscribe at a master, as every verticle does. Fails with {@link UnavailableException}
   *     when Redis did not take it in time, refused it, or did not answer, or the queue is full;
   *     {@link IdempotencyException} if its key stands for something else or is still under way;
   *     {@link InvalidInputException} for bad input.
   */
  Future<Integer> emit(EmitOptions options, Object name, Object id, @Nullable Object... args);

  /** Answers a request; see {@link #reply(EmitOptions,String,Object,Object,Object...)}. */
  default Future<Integer> reply(String replyTo, Object name, Object id, @Nullable Object... args) {
    return reply(EmitOptions.DEFAULT, replyTo, name, id, args);
  }

  /**
   * Answers the one server that handed out {@code replyTo} with its job.
   *
   * @param replyTo as {@link #requestDirect(Object,Object,WaitOptions,Function)} passed it
   * @return as {@link #emit(EmitOptions,Object,Object,Object...)}: 0 means that the server is gone
   */
  Future<Integer> reply(
      EmitOptions options, String replyTo, Object name, Object id, @Nullable Object... args);

  /** Emits the result of a job; see {@link #answer(EmitOptions,Job,Object...)}. */
  default Future<Integer> answer(Job job, @Nullable Object... args) {
    return answer(EmitOptions.DEFAULT, job, args);
  }

  /**
   * Emits the result of a job to where it is wanted: its {@link Job#replyTo()}, or the channel of
   * its event. What {@link #work} does not do by itself, as for a job that came by other ways.
   *
   * @return as {@link #emit(EmitOptions,Object,Object,Object...)}
   */
  default Future<Integer> answer(EmitOptions options, Job job, @Nullable Object... args) {
    return job.replyTo() == null
        ? emit(options, job.name(), job.id(), args)
        : reply(options, job.replyTo(), job.name(), job.id(), args);
  }

  /**
   * Emits the failure of a job to where it is wanted; see {@link #answer} and {@link #emitFailure}.
   */
  default Future<Integer> answerFailure(
      EmitOptions options, Job job, int code, String message, @Nullable Object detail) {
    return job.replyTo() == null
        ? emitFailure(options, job.name(), job.id(), code, message, detail)
        : replyFailure(options, job.replyTo(), job.name(), job.id(), code, message, detail);
  }

  /** Answers a request with the failure of its job; see {@link #emitFailure} and {@link #reply}. */
  Future<Integer> replyFailure(
      EmitOptions options,
      String replyTo,
      Object name,
      Object id,
      int code,
      String message,
      @Nullable Object detail);

  /**
   * Says that a job failed; see {@link #emitFailure(EmitOptions,Object,Object,int,String,Object)}.
   */
  default Future<Integer> emitFailure(
      Object name, Object id, int code, String message, @Nullable Object detail) {
    return emitFailure(EmitOptions.DEFAULT, name, id, code, message, detail);
  }

  /**
   * Says that a job failed: a wait for its event fails with an {@link EventFailureException}.
   *
   * @param code becomes the HTTP status and the event bus failure code if from 400 to 599; for any
   *     other these are 502
   * @param message says to people what is wrong
   * @param detail whatever else the waiter can use, as JSON; may be null
   * @return as {@link #emit(EmitOptions,Object,Object,Object...)}
   */
  Future<Integer> emitFailure(
      EmitOptions options,
      Object name,
      Object id,
      int code,
      String message,
      @Nullable Object detail);

  /**
   * Does the jobs of a name that are on the {@link #jobList} of the same name, one at a time; see
   * {@link #work(Object,JobSource,WorkOptions,Function)}.
   */
  default Worker work(Object name, Function<ClaimedJob, Future<?>> handler) {
    return work(name, jobList(String.valueOf(name)), WorkOptions.DEFAULT, handler);
  }

  /**
   * Does the jobs of a name: takes one from {@code source}, claims it, and emits what comes of it.
   * While it works, the worker's connection to Redis shows those who watch it that it is there.
   *
   * @param name the name of the events that end the jobs
   * @param source where the jobs are
   * @param handler does one job. What its Future gives is the result: {@link EventArgs} are the
   *     arguments of the event, null stands for none, anything else for the only one. If it fails,
   *     its {@link EventFailureException} is the failure of the job; anything else is logged, and
   *     the job fails with the code 500. Called on the context of the caller, which it must not
   *     block
   * @return the worker, which works until it is closed, this instance is, or the verticle drains;
   *     throws {@link InvalidInputException} for bad input
   */
  Worker work(
      Object name, JobSource source, WorkOptions options, Function<ClaimedJob, Future<?>> handler);

  /** The jobs on a Redis list; see {@link #jobList(String,JobListOptions)}. */
  default JobList jobList(String name) {
    return jobList(name, JobListOptions.DEFAULT);
  }

  /**
   * The jobs on a Redis list, on the Redis of the deployed verticle.
   *
   * @param name the name of the list, from 1 to {@value LimitsOptions#MAX_KEY} bytes of UTF-8,
   *     which does not begin with a closing brace; its key is {@code $jobs:{name}}
   * @throws InvalidInputException for bad input
   */
  JobList jobList(String name, JobListOptions options);

  /**
   * Asks all servers how they are: what is pending, what became of waits, which workers there are,
   * and how near the limits are. A server is a Vert.x with its verticles; those on the same Redis
   * are asked, this one included.
   *
   * @return completes within about a second. Servers that have not answered by then are {@link
   *     SystemOverview#missing()}. It fails with {@link UnavailableException} if no verticle is
   *     deployed here.
   */
  Future<SystemOverview> overview();

  /**
   * Asks all servers what happened to an event: whoever waited for it or waits now, what became of
   * the job, and why a wait ended. Each server remembers as many steps as the setting {@code
   * explain.steps} says, so what is long ago is not known any more.
   *
   * @return completes within about a second. Servers that have not answered by then are {@link
   *     Explanation#missing()}. It fails with {@link InvalidInputException} for bad input, and with
   *     {@link UnavailableException} if no verticle is deployed here.
   */
  Future<Explanation> explain(Object name, Object id);

  /**
   * Ends all waits and streams for an event on all servers, with a {@link WaitCancelledException}.
   *
   * @return how many ended, as far as servers have answered within a second. It fails with {@link
   *     InvalidInputException} for bad input, and with {@link UnavailableException} if no verticle
   *     is deployed here.
   */
  Future<Integer> cancelAll(Object name, Object id);

  /**
   * Calls a handler when both Redis connections of every deployed verticle are up: at once if they
   * are now, and again after each reconnect.
   */
  ServerEvents onReady(Runnable handler);

  /** Calls a handler with each error of a Redis connection, and the store that had it. */
  ServerEvents onError(BiConsumer<Store, Throwable> handler);

  /** How the verticles that are deployed here are. */
  Health health();

  /** The Vert.x for which it was created. */
  Vertx vertx();

  /**
   * Tells whether a verticle is deployed here, all of its Redis connections are up, and it is not
   * being undeployed.
   */
  boolean isReady();

  /** The timeout in ms of a wait that names none: {@link #timeout(long)}, or the verticle's. */
  long timeout();

  /**
   * Sets the timeout of this instance's waits that name none.
   *
   * @param timeout in ms, from 1 to {@value ServerEventsOptions#MAX_TIMEOUT}
   * @throws InvalidInputException if it is out of range
   */
  ServerEvents timeout(long timeout);

  /** Ends all waits of this instance with {@link WaitCancelledException} and frees it. */
  Future<Void> close();
}
