package dev.serverevents.internal.local;

import static java.util.stream.Collectors.groupingBy;

import dev.serverevents.Health;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The verticles that are deployed on a Vert.x, as each ServerEvents there sees them: an immutable
 * list in Vert.x's shared data.
 */
public final class Deployments {

  /**
   * One deployed verticle.
   *
   * @param commands the mailbox where it takes commands, which is its identity
   * @param jobs the lists of jobs in its Redis
   * @param pending how many waits and streams it has
   * @param inputStore whether its connections that publish are up, and Redis lets them
   * @param outputStore whether its connections that subscribe are up and hear
   * @param refusal the code with which Redis refuses to publish, or null
   * @param heartbeats when a heartbeat last went both ways on each connection, a time of the clock
   *     in ns
   * @param shards over which its inboxes are spread
   * @param draining whether it takes no more waits
   */
  public record Deployment(
      Mailbox<Command> commands,
      JobStore jobs,
      PendingCount pending,
      ServerEventsOptions options,
      boolean inputStore,
      boolean outputStore,
      @Nullable String refusal,
      List<LongSupplier> heartbeats,
      Shards shards,
      boolean draining) {}

  /**
   * All deployed verticles.
   *
   * @param candidates those that take commands: the ones that are not draining, unless all are
   * @param byLoop the same by the event loop that they run on
   */
  private record Snapshot(
      List<Deployment> all, List<Deployment> candidates, Map<EventLoop, List<Deployment>> byLoop)
      implements Shareable {

    static Snapshot of(List<Deployment> all) {
      var staying = all.stream().filter(deployment -> !deployment.draining).toList();
      var candidates = staying.isEmpty() ? all : staying;
      return new Snapshot(
          all, candidates, candidates.stream().collect(groupingBy(d -> d.commands.loop())));
    }
  }

  private static final String KEY = "verticles";
  private static final Snapshot NONE = Snapshot.of(List.of());
  private static final ServerEventsOptions DEFAULTS = new ServerEventsOptions();

  private final LocalMap<String, Snapshot> shared;
  private final Clock clock;

  /** Looks at the verticles of {@code vertx}. */
  public Deployments(Vertx vertx) {
    shared = vertx.sharedData().getLocalMap("server-events.deployments");
    clock = Clocks.of(vertx);
  }

  /** All deployed verticles. */
  public List<Deployment> all() {
    return snapshot().all;
  }

  /**
   * The verticle that publishes what is emitted for a key, always the same while none comes or
   * goes, so that it goes out in its order: one that is not draining, unless all are.
   */
  public Optional<Deployment> serving(EventKey key) {
    return serving(key, snapshot().candidates);
  }

  /**
   * The verticle that listens for a key to those on an event loop, chosen in the same way. One on
   * that loop comes first, since each hop to another loop and back wakes two threads.
   */
  public Optional<Deployment> serving(EventKey key, EventLoop loop) {
    var snapshot = snapshot();
    return serving(key, snapshot.byLoop.getOrDefault(loop, snapshot.candidates));
  }

  private static Optional<Deployment> serving(EventKey key, List<Deployment> candidates) {
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(candidates.get(Math.floorMod(key.hashCode(), candidates.size())));
  }

  /** How all verticles together are; all is down where none is deployed. */
  public Health health() {
    var all = all();
    var now = clock.nanoTime();
    return new Health(
        !all.isEmpty() && all.stream().allMatch(Deployment::inputStore),
        !all.isEmpty() && all.stream().allMatch(Deployment::outputStore),
        all.stream()
            .flatMap(d -> d.heartbeats.stream())
            .mapToLong(heartbeat -> TimeUnit.NANOSECONDS.toMillis(now - heartbeat.getAsLong()))
            .max()
            .orElse(0),
        all.stream().mapToLong(d -> 3 * d.options.getHeartbeat()).max().orElse(0),
        all.stream().anyMatch(Deployment::draining),
        all.stream().flatMap(d -> Stream.ofNullable(d.refusal)).findFirst().orElse(null));
  }

  /** The settings of any verticle, or the defaults. */
  public ServerEventsOptions options() {
    var all = all();
    return all.isEmpty() ? DEFAULTS : all.get(0).options();
  }

  /** Adds a verticle, or puts its new state in the place of the old one. */
  public void put(Deployment deployment) {
    shared.merge(KEY, Snapshot.of(List.of(deployment)), (old, added) -> with(old, deployment));
  }

  /** Takes a verticle away, which gets no more commands. */
  public void remove(Mailbox<Command> commands) {
    shared.computeIfPresent(
        KEY,
        (key, old) -> Snapshot.of(old.all.stream().filter(d -> d.commands != commands).toList()));
  }

  private Snapshot snapshot() {
    return Objects.requireNonNullElse(shared.get(KEY), NONE);
  }

  private static Snapshot with(Snapshot old, Deployment deployment) {
    var known = old.all.stream().anyMatch(d -> d.commands == deployment.commands);
    return Snapshot.of(
        known
            ? old.all.stream().map(d -> d.commands == deployment.commands ? deployment : d).toList()
            : Stream.concat(old.all.stream(), Stream.of(deployment)).toList());
  }
}
