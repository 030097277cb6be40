package dev.serverevents.internal.worker;

import dev.serverevents.InvalidInputException;
import dev.serverevents.Job;
import dev.serverevents.JobList;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.local.JobStore;
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

  private final Supplier<JobStore> store;
  private final String list;

  /**
   * The jobs on the list of a name.
   *
   * @param store gives where the lists are; throws {@link dev.serverevents.UnavailableException} if
   *     that is nowhere at present
   * @throws InvalidInputException if the name is empty
   */
  public StoredJobs(Supplier<JobStore> store, String name) {
    this.store = store;
    list = WireNames.jobs(Fields.string("name", name));
  }

  @Override
  public Future<Integer> push(Job job) {
    return Futures.of(() -> store.get().push(list, job.toJson().encode()));
  }

  @Override
  public Future<Boolean> remove(Job job) {
    return Futures.of(() -> store.get().remove(list, job.toJson().encode()));
  }

  @Override
  public Future<@Nullable Taken> take(String workerId) {
    return store
        .get()
        .take(list, workerId)
        .compose(text -> text == null ? Future.succeededFuture() : taken(workerId, text));
  }

  /** What is no job is taken off, so that it cannot come back for ever. */
  private Future<@Nullable Taken> taken(String workerId, String text) {
    try {
      return Future.succeededFuture(new OfList(Job.from(text), workerId, text));
    } catch (InvalidInputException wrong) {
      LOG.error("Dropped from {}, since it is no job: {}", list, wrong.getMessage());
      return store.get().done(list, workerId, text).map(dropped -> null);
    }
  }

  @Override
  public boolean givesBack() {
    return true;
  }

  @Override
  public Future<Set<String>> holders() {
    return store.get().holders(list);
  }

  @Override
  public Future<?> giveBack(String workerId) {
    return store.get().giveBack(list, workerId);
  }

  @Override
  public Future<?> close(String workerId) {
    return store.get().close(list, workerId);
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
      return Futures.of(() -> store.get().done(list, workerId, text));
    }
  }
}
