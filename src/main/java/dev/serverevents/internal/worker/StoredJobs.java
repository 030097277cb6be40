package dev.serverevents.internal.worker;

import dev.serverevents.Cause;
import dev.serverevents.InvalidInputException;
import dev.serverevents.Job;
import dev.serverevents.JobList;
import dev.serverevents.JobListOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.Futures;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs on a list of the {@link JobStore}. */
public final class StoredJobs implements JobList {

  private static final Logger LOG = LoggerFactory.getLogger(StoredJobs.class);

  private static final String STORE = "The store of jobs";

  private final Supplier<JobStore> store;
  private final JobsKey list;
  private final int limit;

  /**
   * The jobs on the list of a name.
   *
   * @param store gives where the lists are; throws {@link dev.serverevents.UnavailableException} if
   *     that is nowhere at present
   * @throws InvalidInputException if the name is not what it must be
   */
  public StoredJobs(Supplier<JobStore> store, String name, JobListOptions options) {
    Fields.present("options", options);
    this.store = store;
    list = new JobsKey(WireNames.jobs(name), options.lifetime());
    limit = options.limit();
  }

  @Override
  public Future<Integer> push(Job job) {
    return Futures.of(STORE, () -> store.get().push(list, job.toJson().encode()))
        .compose(jobs -> limit == 0 || jobs <= limit ? Future.succeededFuture(jobs) : refuse(job));
  }

  /**
   * Even if the job cannot be taken off, whoever handed it over is told that there are too many.
   */
  private Future<Integer> refuse(Job job) {
    var full =
        new UnavailableException(
            Cause.LIMIT, "%d jobs are on %s already".formatted(limit, list.key()));
    return remove(job).transform(removed -> Future.failedFuture(full));
  }

  @Override
  public Future<Boolean> remove(Job job) {
    return Futures.of(STORE, () -> store.get().remove(list, job.toJson().encode()));
  }

  @Override
  public Future<@Nullable Taken> take(String workerId) {
    return Futures.of(STORE, () -> store.get().take(list, workerId))
        .compose(text -> text == null ? Future.succeededFuture() : taken(workerId, text));
  }

  /** What is no job is taken off, so that it cannot come back for ever. */
  private Future<@Nullable Taken> taken(String workerId, String text) {
    try {
      return Future.succeededFuture(new OfList(Job.from(text), workerId, text));
    } catch (InvalidInputException wrong) {
      LOG.error("Dropped from {}, since it is no job: {}", list.key(), wrong.getMessage());
      return store.get().done(list, workerId, text).map(dropped -> null);
    }
  }

  @Override
  public boolean givesBack() {
    return true;
  }

  @Override
  public Future<Set<String>> holders() {
    return Futures.of(STORE, () -> store.get().holders(list));
  }

  @Override
  public Future<?> giveBack(String workerId) {
    return Futures.of(STORE, () -> store.get().giveBack(list, workerId));
  }

  @Override
  public Future<?> close(String workerId) {
    return Futures.of(STORE, () -> store.get().close(list, workerId));
  }

  private final class OfList implements Taken {

    private final Job job;
    private final String workerId;
    private final String text;

    OfList(Job job, String workerId, String text) {
      this.job = job;
      this.workerId = workerId;
      this.text = text;
    }

    @Override
    public Job job() {
      return job;
    }

    @Override
    public Future<?> done() {
      return Futures.of(STORE, () -> store.get().done(list, workerId, text));
    }
  }
}
