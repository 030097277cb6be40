package dev.serverevents.internal.memory;

import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clock;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lists of jobs, and who waits for one. Used under the lock of the memory only. */
final class Lists {

  /** A worker that waits for a job of a list; what it gets completes the promise on any thread. */
  record Waiting(JobsKey list, String workerId, Promise<@Nullable String> job) {}

  private final Clock clock;
  private final Map<String, Deque<String>> jobs = new LinkedHashMap<>();
  private final Map<String, Long> expiries = new HashMap<>();
  private final Map<String, Set<String>> workers = new HashMap<>();
  private final Map<String, Set<Waiting>> waiting = new HashMap<>();

  Lists(Clock clock) {
    this.clock = clock;
  }

  int push(JobsKey list, String job) {
    var all = open(list.key());
    all.addLast(job);
    var length = all.size();
    expire(list);
    serve(list.key());
    return length;
  }

  /** Removes the first such job from the list of a key; tells whether it was there. */
  boolean remove(String key, String job) {
    var all = open(key);
    var isThere = all.removeFirstOccurrence(job);
    closeIfEmpty(key);
    return isThere;
  }

  /** A worker takes jobs of a list. */
  void join(JobsKey list, String workerId) {
    workers.computeIfAbsent(list.key(), first -> new LinkedHashSet<>()).add(workerId);
  }

  /** Has a worker take the first job, or wait for it. */
  void take(Waiting worker) {
    join(worker.list, worker.workerId);
    waiting.computeIfAbsent(worker.list.key(), first -> new LinkedHashSet<>()).add(worker);
    serve(worker.list.key());
  }

  private @Nullable String move(JobsKey list, String workerId) {
    var job = open(list.key()).pollFirst();
    closeIfEmpty(list.key());
    if (job != null) {
      open(list.taken(workerId)).addLast(job);
    }
    return job;
  }

  /** Forgets a job that a worker has done. Others may have taken it for gone: then it is theirs. */
  void done(JobsKey list, String workerId, String job) {
    if (!remove(list.taken(workerId), job)) {
      remove(list.key(), job);
    }
  }

  /** The jobs that a worker has taken and not done. */
  List<String> taken(JobsKey list, String workerId) {
    return List.copyOf(jobs.getOrDefault(list.taken(workerId), new ArrayDeque<>()));
  }

  Set<String> holders(JobsKey list) {
    return Set.copyOf(workers.getOrDefault(list.key(), Set.of()));
  }

  /** Moves what a worker has taken back to the beginning of a list, in its order. */
  void giveBack(JobsKey list, String workerId) {
    var all = open(list.key());
    var own = open(list.taken(workerId));
    while (!own.isEmpty()) {
      all.addFirst(own.removeLast());
    }
    closeIfEmpty(list.taken(workerId));
    expire(list);
    closeIfEmpty(list.key());
    var known = workers.get(list.key());
    if (known != null && known.remove(workerId) && known.isEmpty()) {
      workers.remove(list.key());
    }
    serve(list.key());
  }

  /** A worker waits no more. */
  void leave(Waiting worker) {
    var others = waiting.getOrDefault(worker.list.key(), new LinkedHashSet<>());
    others.remove(worker);
    if (others.isEmpty()) {
      waiting.remove(worker.list.key());
    }
  }

  /** The same by its id. */
  void leave(JobsKey list, String workerId) {
    List.copyOf(waiting.getOrDefault(list.key(), Set.of())).stream()
        .filter(worker -> worker.workerId.equals(workerId))
        .forEach(this::leave);
  }

  /** All connections are gone, also those of the workers that wait. */
  void disconnected(IOException cause) {
    var all = new ArrayList<Waiting>();
    waiting.values().forEach(all::addAll);
    waiting.clear();
    all.forEach(worker -> worker.job.tryFail(cause));
  }

  /** When a list is forgotten, in ms of Unix time; null if it is not. */
  @Nullable Long expiry(String key) {
    return expiries.get(key);
  }

  /** The lists that are not empty, by their keys. */
  Map<String, List<String>> all() {
    List.copyOf(jobs.keySet()).forEach(this::purge);
    var all = new LinkedHashMap<String, List<String>>();
    jobs.forEach((key, list) -> all.put(key, List.copyOf(list)));
    return all;
  }

  private void serve(String key) {
    var workersOfIt = waiting.get(key);
    while (workersOfIt != null && !workersOfIt.isEmpty()) {
      var first = workersOfIt.iterator().next();
      var job = move(first.list, first.workerId);
      if (job == null) {
        return;
      }
      leave(first);
      first.job.tryComplete(job);
    }
  }

  private Deque<String> open(String key) {
    purge(key);
    return jobs.computeIfAbsent(key, first -> new ArrayDeque<>());
  }

  private void closeIfEmpty(String key) {
    var all = jobs.get(key);
    if (all != null && all.isEmpty()) {
      jobs.remove(key);
      expiries.remove(key);
    }
  }

  private void expire(JobsKey list) {
    if (list.lifetime() > 0) {
      expiries.put(list.key(), clock.currentTimeMillis() + list.lifetime());
    }
  }

  private void purge(String key) {
    var expiry = expiries.get(key);
    if (expiry != null && expiry <= clock.currentTimeMillis()) {
      jobs.remove(key);
      expiries.remove(key);
    }
  }
}
