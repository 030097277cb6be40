package dev.serverevents;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of several waits that were made together: each id, as text, is in one of the three,
 * in the order in which the ids were given. See {@link ServerEvents#listenAll}.
 *
 * @param results the arguments of the events that came, by id
 * @param failures why the other waits failed, by id: {@link EventFailureException} where the job
 *     failed, {@link UnavailableException} where it is not known whether the event came
 * @param missing the ids whose event had not come when the time, or the wait for them, was over
 */
public record EventResults(
    Map<String, EventArgs> results,
    Map<String, ServerEventsException> failures,
    List<String> missing) {

  /** Copies them, so that they cannot be changed. */
  public EventResults {
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    missing = List.copyOf(missing);
  }
}
