package dev.serverevents.internal.redis.jobs;

import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.redis.connection.Resources;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker that takes jobs of one list, which Redis moves to a list of the worker's own.
 *
 * <p>Redis may have moved a job though its answer never came: the connection broke, or Redis read
 * the command long after the worker had given it up. So the worker compares its own list with the
 * jobs that it knows of, at once after a failure and else once a second, and takes what is there in
 * excess. At the same time it says once more that it is there, for a Redis that was started again
 * without its data. Used on the verticle's context only.
 */
final class Taker {

  private static final Logger LOG = LoggerFactory.getLogger(Taker.class);

  /** So long Redis waits for a job, in s. */
  private static final int TAKE_S = 1;

  private static final long LOOK_MS = 1_000;

  private final Resources resources;
  private final JobsKey list;
  private final String workerId;
  private final String own;
  private final JobClient commands;

  /** For the command that waits for a job, and holds up all that follow it. */
  private final JobClient waiting;

  /** How often a job is on the worker's own list, as far as the worker knows. */
  private final Map<String, Integer> known = new HashMap<>();

  private int knownJobs;

  /** Jobs on the worker's own list that it came to know of by looking, and has not begun. */
  private final Deque<String> found = new ArrayDeque<>();

  /** Jobs that are done, which Redis has not forgotten yet. */
  private List<String> done = new ArrayList<>();

  private Future<?> looking = Future.succeededFuture();
  private boolean mustLook = true;
  private boolean isTaking;
  private final long timer;

  Taker(Resources resources, JobClient commands, JobsKey list, String workerId) {
    this.resources = resources;
    this.commands = commands;
    this.list = list;
    this.workerId = workerId;
    own = list.taken(workerId);
    waiting = new JobClient(resources);
    timer = resources.vertx().setPeriodic(LOOK_MS, tick -> lookIfIdle());
  }

  /** Takes a job, or gives null if there was none for a while. */
  Future<@Nullable String> take() {
    isTaking = true;
    return (mustLook || !looking.isComplete() ? look() : Future.succeededFuture())
        .compose(looked -> found.isEmpty() ? move() : Future.succeededFuture(found.remove()))
        .onComplete(taken -> isTaking = false);
  }

  private Future<@Nullable String> move() {
    var move =
        Request.cmd(Command.BLMOVE).arg(list.key()).arg(own).arg("LEFT").arg("RIGHT").arg(TAKE_S);
    return waiting
        .send(move, TAKE_S * 1_000)
        .onFailure(cause -> mustLook = true)
        .map(moved -> moved == null ? null : know(moved.toString()));
  }

  private String know(String job) {
    known.merge(job, 1, Integer::sum);
    knownJobs++;
    return job;
  }

  private void forget(String job) {
    known.computeIfPresent(job, (same, times) -> times == 1 ? null : times - 1);
    knownJobs--;
  }

  /** Has Redis forget a job; what it does not do now, it is asked for at the next look. */
  Future<?> done(String job) {
    return remove(own, job)
        .compose(removed -> removed > 0 ? Future.succeededFuture(removed) : wasGivenBack(job))
        .onSuccess(removed -> forget(job))
        .recover(
            cause -> {
              LOG.warn("A job that is done is on {} still: {}", own, cause.getMessage());
              done.add(job);
              return Future.succeededFuture();
            });
  }

  /** Others have taken this worker for gone. Perhaps nobody has the job yet. */
  private Future<Integer> wasGivenBack(String job) {
    return remove(list.key(), job);
  }

  private Future<Integer> remove(String from, String job) {
    return commands
        .send(Request.cmd(Command.LREM).arg(from).arg(1).arg(job))
        .map(Response::toInteger);
  }

  private Future<?> forgetDone() {
    if (done.isEmpty()) {
      return Future.succeededFuture();
    }
    var again = done;
    done = new ArrayList<>();
    return Future.join(again.stream().map(this::done).toList());
  }

  private void lookIfIdle() {
    mustLook = true;
    if (!isTaking) {
      look().onFailure(cause -> LOG.warn("Worker {} of {}: {}", workerId, own, cause.getMessage()));
    }
  }

  /** Never while a job is being taken, so that what is in excess is not on its way already. */
  private Future<?> look() {
    if (looking.isComplete()) {
      mustLook = false;
      looking =
          forgetDone()
              .compose(
                  forgotten ->
                      commands.batch(
                          List.of(
                              Request.cmd(Command.SADD).arg(list.workers()).arg(workerId),
                              Request.cmd(Command.LLEN).arg(own))))
              .compose(
                  answers ->
                      answers.get(1).toInteger() > knownJobs ? find() : Future.succeededFuture())
              .onFailure(cause -> mustLook = true);
    }
    return looking;
  }

  /** Takes what is in excess of the jobs that were known when Redis was asked. */
  private Future<?> find() {
    var before = new HashMap<>(known);
    return commands
        .send(Request.cmd(Command.LRANGE).arg(own).arg(0).arg(-1))
        .onSuccess(
            jobs -> {
              for (Response each : jobs) {
                var job = each.toString();
                if (before.merge(job, -1, Integer::sum) < 0) {
                  found.add(know(job));
                }
              }
            });
  }

  /** Takes no more jobs; completes when Redis was asked once more to forget those that are done. */
  Future<?> close() {
    abandon();
    return forgetDone();
  }

  /** Takes no more jobs, and leaves all as it is. */
  void abandon() {
    resources.vertx().cancelTimer(timer);
    waiting.close();
  }
}
