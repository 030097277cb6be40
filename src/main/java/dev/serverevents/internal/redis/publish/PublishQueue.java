package dev.serverevents.internal.redis.publish;

import dev.serverevents.Cause;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.publish.PublishBatch.Outcome;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The publications for one connection, in order: those of one event-loop turn are sent at its end,
 * in one write, and those that come while Redis is away are kept. Used on the verticle's context
 * only.
 */
public final class PublishQueue {

  /** The one that knows where a publication belongs. */
  public interface Owner {
    /** Has a publication sent by the master that it belongs to now. */
    void route(Publication publication);

    /** Redis answered with an error: "no", "elsewhere" or "not now". */
    void refused(Publication publication, ErrorReply error, ReconnectingConnection from);
  }

  static final String UNANSWERED =
      "Written to Redis but not answered, so it may have been delivered or not: ";

  /** Events that may await their answers: each is four commands at most. */
  private static final int WINDOW = ReconnectingConnection.MAX_IN_FLIGHT / 5;

  /** Events in one write. */
  private static final int MAX_BATCH = 512;

  private final Resources resources;
  private final Owner owner;
  private final ReconnectingConnection connection;
  private final EndOfTurn endOfTurn;
  private final int replicas;
  private final Deque<Publication> queue = new ArrayDeque<>();
  private final Deque<Publication> again = new ArrayDeque<>();
  private int inFlight;
  private boolean closed;

  /**
   * Creates an empty one.
   *
   * @param replicas how many must have the keys that are left
   */
  PublishQueue(Resources resources, Owner owner, ReconnectingConnection connection, int replicas) {
    this.resources = resources;
    this.owner = owner;
    this.connection = connection;
    this.replicas = replicas;
    endOfTurn = new EndOfTurn(resources.context(), this::flush);
  }

  /** Has an event published on the connection. */
  public void add(Publication publication) {
    queue.add(publication);
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
      batch.forEach(Publication::sent);
      PublishBatch.send(connection, batch, replicas).onSuccess(outcomes -> ended(batch, outcomes));
    }
  }

  /** Takes out all that is not sent, for another to send. */
  public List<Publication> release() {
    var left = new ArrayList<>(again);
    left.addAll(queue);
    again.clear();
    queue.clear();
    left.removeIf(Publication::hasEnded);
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

  private static void purge(Deque<Publication> publications) {
    while (!publications.isEmpty() && publications.element().hasEnded()) {
      publications.remove();
    }
  }

  private List<Publication> take() {
    var batch = new ArrayList<Publication>();
    var room = Math.min(MAX_BATCH, WINDOW - inFlight);
    while (batch.size() < room && !(again.isEmpty() && queue.isEmpty())) {
      var next = again.isEmpty() ? queue.remove() : again.remove();
      if (!next.hasEnded()) {
        batch.add(next);
      }
    }
    return batch;
  }

  private void ended(List<Publication> batch, List<Outcome> outcomes) {
    inFlight -= batch.size();
    for (var i = 0; i < batch.size(); i++) {
      ended(batch.get(i), outcomes.get(i));
    }
    if (connection.isUp() && outcomes.get(0) instanceof Outcome.Unwritten) {
      resources.retry(this::flush); // the client cannot take more at present
    } else {
      endOfTurn.schedule();
    }
  }

  private void ended(Publication publication, Outcome outcome) {
    if (outcome instanceof Outcome.Published published) {
      published(publication, published.answer());
    } else if (outcome instanceof Outcome.Unreplicated unreplicated) {
      publication.failAtEnd(
          new UnavailableException(
              Cause.REDIS_AWAY,
              "Redis has the event, but only %d of %d replicas have it (redis.replicas)"
                  .formatted(unreplicated.replicas(), replicas)));
      published(publication, unreplicated.answer());
    } else if (outcome instanceof Outcome.Refused refused) {
      owner.refused(publication, refused.error(), connection);
    } else if (outcome instanceof Outcome.Unanswered unanswered
        && !publication.steps().isRepeatable()) {
      publication.fail(Cause.REDIS_AWAY, UNANSWERED + unanswered.why());
    } else {
      sendAgain(publication);
    }
  }

  private void published(Publication publication, @Nullable Response answer) {
    if (!publication.answered(answer)) {
      owner.route(publication);
    }
  }

  private void sendAgain(Publication publication) {
    if (publication.hasEnded()) {
      return;
    }
    if (closed) {
      owner.route(publication);
    } else {
      again.add(publication);
    }
  }
}
