package dev.serverevents.redis;

import dev.serverevents.UnavailableException;
import io.vertx.core.Context;
import io.vertx.redis.client.RedisConnection;
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
final class PublishLane implements PublishBatch.Outcomes {

  /** Events that may await their answers. */
  static final int WINDOW = 4_096;

  /** Events in one write. */
  private static final int MAX_BATCH = 512;

  private final Publisher publisher;
  private final EndOfTurn endOfTurn;
  private final int replicas;
  private final Deque<Emission> queue = new ArrayDeque<>();
  private final Deque<Emission> again = new ArrayDeque<>();
  private int inFlight;
  private @Nullable RedisConnection connection;
  private boolean closed;

  PublishLane(Context context, Publisher publisher, int replicas) {
    this.publisher = publisher;
    this.replicas = replicas;
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  void add(Emission emission) {
    queue.add(emission);
    endOfTurn.schedule();
  }

  void connected(RedisConnection connection) {
    this.connection = connection;
    flush();
  }

  void disconnected() {
    connection = null;
  }

  /** Takes out all that is not sent, for another to send. */
  List<Emission> release() {
    var left = new ArrayList<>(again);
    left.addAll(queue);
    again.clear();
    queue.clear();
    left.removeIf(Emission::hasEnded);
    return left;
  }

  /** Sends nothing any more: what is unsent, then or later, is for the publisher to send. */
  void close() {
    closed = true;
    connection = null;
    release().forEach(publisher::route);
  }

  /** Forgets those that ended in the queue. */
  void purge() {
    purge(again);
    purge(queue);
  }

  private static void purge(Deque<Emission> emissions) {
    while (!emissions.isEmpty() && emissions.element().hasEnded()) {
      emissions.remove();
    }
  }

  private void flush() {
    var current = connection;
    while (current != null && current == connection) {
      var batch = take();
      if (batch.isEmpty()) {
        return;
      }
      inFlight += batch.size();
      batch.forEach(Emission::sent);
      PublishBatch.send(current, batch, replicas, this)
          .onSuccess(
              works -> {
                inFlight -= batch.size();
                if (!works && current == connection) {
                  connection = null; // its end is about to be told
                }
                flush();
              });
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

  @Override
  public void published(Emission emission, @Nullable Response answer) {
    publisher.answered(emission, answer);
  }

  @Override
  public void unreplicated(Emission emission, Response answer, int reached) {
    emission.failAtEnd(
        new UnavailableException(
            "Redis has the event, but only %d of %d replicas have it (redis.replicas)"
                .formatted(reached, replicas)));
    publisher.answered(emission, answer);
  }

  @Override
  public void refused(Emission emission, String why) {
    publisher.refused(emission, why);
  }

  @Override
  public void unanswered(Emission emission, String why) {
    if (emission.isRepeatable()) {
      unwritten(emission);
    } else {
      publisher.fail(emission, Publisher.UNANSWERED + why);
    }
  }

  @Override
  public void unwritten(Emission emission) {
    if (emission.hasEnded()) {
      return;
    }
    if (closed) {
      publisher.route(emission);
    } else {
      again.add(emission);
    }
  }
}
