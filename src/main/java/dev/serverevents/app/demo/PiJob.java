package dev.serverevents.app.demo;

import dev.serverevents.JobList;
import dev.serverevents.JobListOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the API servers ask the workers for.
 *
 * @param digits how many digits of pi, from 1 to {@value #MAX_DIGITS}
 */
record PiJob(int digits) {

  /** The name of the jobs, of their list, and of the events that carry results. */
  static final String EVENT = "demo pi";

  /** How many jobs may be on the list. */
  static final int MAX_JOBS = 1_000;

  static final int MAX_DIGITS = 10_000;

  /** The list lasts as long as anybody can wait for the last of its jobs, {@code maxWait} ms. */
  static JobList list(ServerEvents events, long maxWait) {
    return events.jobList(
        EVENT, JobListOptions.DEFAULT.limit(MAX_JOBS).lifetime(Duration.ofMillis(maxWait)));
  }

  static PiJob from(@Nullable Object json) {
    var digits = Fields.object("body", json).getValue("digits");
    return new PiJob((int) Fields.integer("digits", digits, 1, MAX_DIGITS));
  }

  JsonObject toJson() {
    return new JsonObject().put("digits", digits);
  }
}
