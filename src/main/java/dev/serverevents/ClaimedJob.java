package dev.serverevents;

import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job that a worker has taken and claimed, as {@link ServerEvents#work} hands it to its user. */
public interface ClaimedJob {

  /** The job as it was handed over. */
  Job job();

  /** The name of the event that ends it. */
  default String name() {
    return job().name();
  }

  /** The id of the event that ends it. */
  default String id() {
    return job().id();
  }

  /** What there is to do, or null. */
  default @Nullable Object data() {
    return job().data();
  }

  /** What is to be carried along. */
  default Map<String, String> headers() {
    return job().headers();
  }

  /**
   * Tells how far the job is, as {@link ServerEvents#emitProgress} does; to whoever watches the
   * worker it is a sign of life.
   *
   * @return as {@link ServerEvents#emitProgress}
   */
  Future<Integer> progress(@Nullable Object... args);

  /**
   * Completes when nobody wants the result any more: all waits for it have ended without it, or
   * their servers are gone. The job should stop then; whatever its Future gives is not emitted. It
   * never fails, and never completes if the job ends before.
   */
  Future<Void> cancelled();

  /** Whether nobody wants the result any more; any thread may ask. */
  boolean isCancelled();

  /**
   * What a handler returns when the job fails in a way that whoever waits is to know.
   *
   * @param code as for {@link ServerEvents#emitFailure(Object,Object,int,String,Object)}, as are
   *     the others
   * @return fails with an {@link EventFailureException}
   */
  default <T> Future<T> fail(int code, String message, @Nullable Object detail) {
    return Future.failedFuture(new EventFailureException(name(), id(), code, message, detail));
  }
}
