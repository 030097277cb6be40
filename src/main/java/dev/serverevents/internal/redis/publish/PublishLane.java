package dev.serverevents.internal.redis.publish;

import dev.serverevents.UnavailableException;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.StoreConnection;
import dev.serverevents.internal.redis.publish.PublishBatch.Outcome;
import io.vertx.core.Context;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is published on one connection, in order: what comes in one event-loop turn goes out at its
 * end, in one write; what comes while Redis is away is kept. Used on the verticle's context only.
 */
public final class PublishLane {

  /** Who gave it what it publishes. */
  public interface Owner {
    /** Has an emit sent by whom it belongs to now. */
    void route(Emission emission);

    /** An emit was answered; null where the client did not pass the answer on. */
    void answered(Emission emission, @Nullable Response answer);

    /** Redis answered with an error: "no", "elsewhere" or "not now". */
    void refused(Emission emission, ErrorReply error, StoreConnection from);

    /** An emit has failed for good. */
    void fail(Emission emission, String why);

    /** Does something in a moment. */
    void later(Runnable action);
  }

  static final String UNANSWERED =
      "Written to Redis but not answered, so it may have been delivered or not: ";

  /** Events that may await their answers: each is four commands at most. */
  private static final int WINDOW = StoreConnection.MAX_IN_FLIGHT / 5;

  /** Events in one write. */
  private static final int MAX_BATCH = 512;

  private final Owner owner;
  private final StoreConnection connection;
  private final EndOfTurn endOfTurn;
  private final int replicas;
  private final Deque<Emission> queue = new ArrayDeque<>();
  private final Deque<Emission> again = new ArrayDeque<>();
  private int inFlight;
  private boolean closed;

  /**
   * Creates an empty one.
   *
   * @param replicas how many must have the keys that are left
   */
  public PublishLane(Context context, Owner owner, StoreConnection connection, int replicas) {
    this.owner = owner;
    this.connection = connection;
    this.replicas = replicas;
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  /** Has an event published. */
  public void add(Emission emission) {
    queue.add(emission);
    endOfTurn.schedule();
  }

  /** Sends what is queued, as far as that is possible now. */
  public void flush() {
    while (connection.isUp()) {
      var batch = take();
      if (batch.isEmpty()) {
        return;
      }
      inFlight += batch.size();
      batch.forEach(Emission::sent);
      PublishBatch.send(connection, batch, replicas).onSuccess(outcomes -> ended(batch, outcomes));
    }
  }

  /** Takes out all that is not sent, for another to send. */
  public List<Emission> release() {
    var left = new ArrayList<>(again);
    left.addAll(queue);
    again.clear();
    queue.clear();
    left.removeIf(Emission::hasEnded);
    return left;
  }

  /** Sends nothing any more: what is unsent, then or later, is for the publisher to send. */
  public void close() {
    closed = true;
    release().forEach(owner::route);
  }

  /** Forgets those that ended in the queue. */
  public void purge() {
    purge(again);
    purge(queue);
  }

  private static void purge(Deque<Emission> emissions) {
    while (!emissions.isEmpty() && emissions.element().hasEnded()) {
      emissions.remove();
    }
  }

  private List<Emission> take() {
    var batch = new ArrayList<Emission>();
    var room = Math.min(MAX_BATCH, WINDOW - inFlight);
    while (batch.size() < room && !(again.isEmpty() && queue.isEmpty())) {
      var next = again.isEmpty() ? queue.remove() : again.remove();
      if (!next.hasEnded()) {
        batch.add(next);
      }
    }
    return batch;
  }

  private void ended(List<Emission> batch, List<Outcome> outcomes) {
    inFlight -= batch.size();
    for (var i = 0; i < batch.size(); i++) {
      ended(batch.get(i), outcomes.get(i));
    }
    if (connection.isUp() && outcomes.get(0) instanceof Outcome.Unwritten) {
      owner.later(this::flush); // the client cannot take more at present
    } else {
      endOfTurn.schedule();
    }
  }

  private void ended(Emission emission, Outcome outcome) {
    if (outcome instanceof Outcome.Published published) {
      owner.answered(emission, published.answer());
    } else if (outcome instanceof Outcome.Unreplicated unreplicated) {
      emission.failAtEnd(
          new UnavailableException(
              "Redis has the event, but only %d of %d replicas have it (redis.replicas)"
                  .formatted(unreplicated.replicas(), replicas)));
      owner.answered(emission, unreplicated.answer());
    } else if (outcome instanceof Outcome.Refused refused) {
      owner.refused(emission, refused.error(), connection);
    } else if (outcome instanceof Outcome.Unanswered unanswered && !emission.isRepeatable()) {
      owner.fail(emission, UNANSWERED + unanswered.why());
    } else {
      sendAgain(emission);
    }
  }

  private void sendAgain(Emission emission) {
    if (emission.hasEnded()) {
      return;
    }
    if (closed) {
      owner.route(emission);
    } else {
      again.add(emission);
    }
  }
}
