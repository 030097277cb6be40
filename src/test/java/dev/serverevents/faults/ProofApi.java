package dev.serverevents.faults;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitOptions;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server of {@link ProofIT}, as a process that can be stopped. It makes waits of every kind, a
 * number at a time, and prints a line when one is heard, {@code s ID KIND DEADLINE [REPLY_TO]}, and
 * one when it has ended, {@code e ID OUTCOME}. Times are of the system's monotonic clock, in ns.
 */
final class ProofApi {

  /** How many waits are pending at a time. */
  private static final int AT_ONCE = 1_000;

  private static final int MIN_TIMEOUT_MS = 200;
  private static final int MAX_TIMEOUT_MS = 3_000;

  /** The ways to wait. */
  enum Kind {
    PLAIN,
    RETAINED,
    DIRECT,
    STREAM
  }

  private final ServerEvents events;
  private final String name;
  private final int waits;
  private final Random random;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final Promise<Void> done = Promise.promise();

  private ProofApi(ServerEvents events, String name, int waits, long seed) {
    this.events = events;
    this.name = name;
    this.waits = waits;
    random = new Random(seed);
  }

  /** Takes the URL of Redis, the probe timeout, the name of its events, how many, and the seed. */
  public static void main(String[] args) {
    var vertx = Vertx.vertx();
    var options =
        new ServerEventsOptions()
            .setConnectionString(args[0])
            .setProbeTimeout(Long.parseLong(args[1]))
            .setHeartbeat(2_000)
            .setDrainTimeout(0);
    vertx
        .deployVerticle(new ServerEventsVerticle(options))
        .compose(
            id -> {
              var api =
                  new ProofApi(
                      ServerEvents.create(vertx),
                      args[2],
                      Integer.parseInt(args[3]),
                      Long.parseLong(args[4]));
              vertx.runOnContext(v -> api.start());
              return api.done.future();
            })
        .eventually(vertx::close)
        .onFailure(Throwable::printStackTrace);
  }

  private void start() {
    for (var i = 0; i < AT_ONCE; i++) {
      next();
    }
  }

  private void next() {
    var id = next.getAndIncrement();
    if (id >= waits) {
      return;
    }
    var kind = Kind.values()[id % Kind.values().length];
    var timeout = MIN_TIMEOUT_MS + random.nextInt(MAX_TIMEOUT_MS - MIN_TIMEOUT_MS);
    var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    var heard = "s %d %s %d".formatted(id, kind, deadline);
    start(kind, id, timeout, heard)
        .onComplete(
            outcome -> {
              System.out.println("e %d %s".formatted(id, outcome(outcome)));
              if (ended.incrementAndGet() == waits) {
                done.complete();
              }
              next();
            });
  }

  private Future<?> start(Kind kind, int id, long timeout, String heard) {
    return switch (kind) {
      case PLAIN, RETAINED -> {
        var options = WaitOptions.DEFAULT.timeout(timeout).retained(kind == Kind.RETAINED);
        EventWait wait = events.listen(name, id, options);
        wait.subscribed().onSuccess(subscribed -> System.out.println(heard));
        yield wait.future();
      }
      case DIRECT ->
          events.requestDirect(
              name,
              id,
              timeout,
              replyTo -> {
                System.out.println(heard + " " + replyTo);
                return Future.succeededFuture();
              });
      case STREAM -> {
        var result = Promise.<StreamEvent>promise();
        var stream = events.stream(name, id, StreamOptions.DEFAULT.timeout(timeout));
        stream
            .exceptionHandler(result::tryFail)
            .handler(
                event -> {
                  if (event instanceof StreamEvent.Result) {
                    result.tryComplete(event);
                  }
                });
        stream.subscribed().onSuccess(subscribed -> System.out.println(heard));
        yield result.future();
      }
    };
  }

  private static String outcome(AsyncResult<?> outcome) {
    if (outcome.succeeded()) {
      return "RESULT";
    }
    return outcome.cause() instanceof EventTimeoutException
        ? "TIMED_OUT"
        : outcome.cause() instanceof UnavailableException
            ? "UNAVAILABLE"
            : outcome.cause().toString();
  }
}
