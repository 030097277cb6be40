package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventResults;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.IncompleteException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What comes of several waits that have begun together, until enough events have come or that is
 * impossible. The waits tell it on the context of their caller, one after the other.
 */
final class PendingResults {

  private final String name;
  private final int min;

  /** The waits by their ids, in the order of these. */
  private final Map<String, EventWait> waits;

  private final Promise<EventResults> whole;
  private final Map<String, EventArgs> results = new HashMap<>();
  private final Map<String, ServerEventsException> failures = new HashMap<>();
  private int timedOut;

  /** The last failure and the last timeout. */
  private @Nullable ServerEventsException failure;

  private @Nullable EventTimeoutException timeout;

  private PendingResults(
      String name, int min, Map<String, EventWait> waits, Promise<EventResults> whole) {
    this.name = name;
    this.min = min;
    this.waits = waits;
    this.whole = whole;
  }

  /**
   * Completes a promise with the results as soon as {@code min} of the waits have theirs, or fails
   * it with an {@link IncompleteException}; the waits that are left end then.
   */
  static Future<EventResults> collect(
      String name, int min, Map<String, EventWait> waits, Promise<EventResults> whole) {
    var pending = new PendingResults(name, min, waits, whole);
    waits.forEach(
        (id, wait) -> wait.future().onComplete((args, cause) -> pending.ended(id, args, cause)));
    return whole.future();
  }

  private void ended(String id, @Nullable EventArgs args, @Nullable Throwable cause) {
    if (whole.future().isComplete()) {
      return; // the wait was one of those that were left
    }
    if (args != null) {
      results.put(id, args);
    } else if (cause instanceof EventTimeoutException over) {
      timedOut++;
      timeout = over;
    } else {
      failure = failure(cause);
      failures.put(id, failure);
    }
    if (results.size() == min) {
      whole.complete(results());
      cancel(waits.values(), Cause.CANCELLED);
    } else {
      var why = whyTooFew();
      if (why != null) {
        whole.fail(new IncompleteException(name, min, results(), why));
        cancel(waits.values(), Cause.CANCELLED);
      }
    }
  }

  /**
   * What has made it impossible that enough events come; null while it is possible. Waits whose
   * time is over do not end the others: theirs is over, too, and whatever came in time counts.
   */
  private @Nullable ServerEventsException whyTooFew() {
    if (failures.size() > waits.size() - min) {
      return failure;
    }
    if (results.size() + failures.size() + timedOut < waits.size()) {
      return null;
    }
    var unknown = failures.values().stream().filter(UnavailableException.class::isInstance);
    var mayHaveCome = unknown.toList();
    return results.size() + mayHaveCome.size() < min ? timeout : mayHaveCome.get(0);
  }

  private static ServerEventsException failure(@Nullable Throwable cause) {
    return cause instanceof ServerEventsException known
        ? known
        : new UnavailableException(Cause.UNEXPECTED, "The wait failed", cause);
  }

  private EventResults results() {
    var missing =
        waits.keySet().stream()
            .filter(id -> !results.containsKey(id) && !failures.containsKey(id))
            .toList();
    return new EventResults(inOrder(results), inOrder(failures), missing);
  }

  /** The same in the order of the ids. */
  private <V> Map<String, V> inOrder(Map<String, V> byId) {
    var ordered = new LinkedHashMap<String, V>();
    waits.keySet().forEach(id -> ordered.computeIfAbsent(id, byId::get));
    return ordered;
  }

  /** Ends those of the waits that are left. */
  static void cancel(Collection<EventWait> waits, Cause why) {
    waits.stream().filter(wait -> !wait.future().isComplete()).forEach(wait -> wait.cancel(why));
  }
}
