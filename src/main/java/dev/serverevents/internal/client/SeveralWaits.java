package dev.serverevents.internal.client;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventResults;
import dev.serverevents.EventWait;
import dev.serverevents.EventWaits;
import dev.serverevents.FirstEvent;
import dev.serverevents.IncompleteException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Begins waits for several ids of one name together, once all that is given has been checked. Any
 * thread may use it, for a caller on any context.
 */
final class SeveralWaits {

  private record Begun<T>(Future<T> future, Future<Void> subscribed, Consumer<Cause> cancelling)
      implements EventWaits<T> {
    @Override
    public void cancel(Cause why) {
      cancelling.accept(why);
    }
  }

  private final PendingWaits waits;
  private final Verticles verticles;

  SeveralWaits(PendingWaits waits, Verticles verticles) {
    this.waits = waits;
    this.verticles = verticles;
  }

  /** Waits until {@code min} events have come, or those of all ids where that is null. */
  EventWaits<EventResults> all(
      Object name,
      Collection<?> ids,
      @Nullable Integer min,
      WaitOptions options,
      ContextInternal caller) {
    try {
      Fields.present("options", options);
      verticles.checkedTimeout(options.timeout());
      var keys = keys(name, ids);
      var needed = min == null ? keys.size() : (int) Fields.integer("min", min, 1, keys.size());
      return begin(keys, needed, options, caller);
    } catch (InvalidInputException invalid) {
      return new Begun<>(caller.failedFuture(invalid), caller.failedFuture(invalid), why -> {});
    }
  }

  /** Waits for the first event. */
  EventWaits<FirstEvent> any(
      Object name, Collection<?> ids, WaitOptions options, ContextInternal caller) {
    var one = all(name, ids, 1, options, caller);
    return new Begun<>(one.future().transform(SeveralWaits::first), one.subscribed(), one::cancel);
  }

  private Set<EventKey> keys(Object name, Collection<?> ids) {
    Fields.present("ids", ids);
    var keys = new LinkedHashSet<EventKey>();
    ids.forEach(id -> keys.add(EventKey.of(name, id, verticles.limits())));
    if (keys.isEmpty() || keys.size() > LimitsOptions.MAX_IDS) {
      throw new InvalidInputException(
          "ids", ids, "must be 1 to %d ids".formatted(LimitsOptions.MAX_IDS));
    }
    return keys;
  }

  private EventWaits<EventResults> begin(
      Set<EventKey> keys, int min, WaitOptions options, ContextInternal caller) {
    var begun = new LinkedHashMap<String, EventWait>();
    for (var key : keys) {
      begun.put(key.id(), waits.listen(key.name(), key.id(), options, caller));
    }
    Promise<Void> subscribed = caller.promise();
    Future.all(begun.values().stream().map(EventWait::subscribed).toList())
        .<Void>mapEmpty()
        .onComplete(subscribed);
    var name = keys.iterator().next().name();
    return new Begun<>(
        PendingResults.collect(name, min, begun, caller.promise()),
        subscribed.future(),
        why -> PendingResults.cancel(begun.values(), why));
  }

  /** The one event that came, or the failure that says most. */
  private static Future<FirstEvent> first(
      @Nullable EventResults results, @Nullable Throwable cause) {
    if (results != null) {
      var came = results.results().entrySet().iterator().next();
      return Future.succeededFuture(new FirstEvent(came.getKey(), came.getValue()));
    }
    if (cause instanceof IncompleteException incomplete) {
      return Future.failedFuture(
          incomplete.results().failures().values().stream()
              .filter(EventFailureException.class::isInstance)
              .<Throwable>map(failure -> failure)
              .findFirst()
              .orElseGet(incomplete::getCause));
    }
    return Future.failedFuture(cause);
  }
}
