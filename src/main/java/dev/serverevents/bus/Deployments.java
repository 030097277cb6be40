package dev.serverevents.bus;

import dev.serverevents.EventKey;
import dev.serverevents.Health;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The verticles that are deployed on a Vert.x, as every user of them sees it: an immutable list in
 * Vert.x's shared data.
 */
public final class Deployments {

  /**
   * One deployed verticle.
   *
   * @param address where it takes {@link Command}s
   * @param inbox the channel of its direct replies
   * @param inputStore whether its connections that publish are up
   * @param outputStore whether its connections that subscribe are up and hear
   * @param epochs the numbers of the connections that hear
   * @param epoch the one of them on which the inbox is heard, or 0 while it is not
   * @param heartbeats when one last went both ways on each, a {@link System#nanoTime()}
   * @param draining whether it takes no more waits
   */
  public record Deployment(
      String address,
      String inbox,
      ServerEventsOptions options,
      boolean inputStore,
      boolean outputStore,
      Set<Long> epochs,
      long epoch,
      List<AtomicLong> heartbeats,
      boolean draining) {}

  /**
   * All of them.
   *
   * @param candidates those that take commands: the ones that are not draining, unless all are
   */
  private record Snapshot(List<Deployment> all, List<Deployment> candidates) implements Shareable {

    static Snapshot of(List<Deployment> all) {
      var staying = all.stream().filter(deployment -> !deployment.draining).toList();
      return new Snapshot(all, staying.isEmpty() ? all : staying);
    }
  }

  private static final String KEY = "verticles";
  private static final Snapshot NONE = Snapshot.of(List.of());
  private static final ServerEventsOptions DEFAULTS = new ServerEventsOptions();

  private final LocalMap<String, Snapshot> shared;

  /** Looks at those of {@code vertx}. */
  public Deployments(Vertx vertx) {
    shared = vertx.sharedData().getLocalMap("server-events.deployments");
  }

  /** All of them. */
  public List<Deployment> all() {
    return snapshot().all;
  }

  /**
   * The one that takes commands for a key, always the same while none comes or goes: one that is
   * not draining, unless all are.
   */
  public Optional<Deployment> serving(EventKey key) {
    var candidates = snapshot().candidates;
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(candidates.get(Math.floorMod(key.hashCode(), candidates.size())));
  }

  /** Tells whether a verticle has heard all along on a connection, and hears now. */
  boolean listens(String address, long epoch) {
    return all().stream().anyMatch(d -> d.address.equals(address) && d.epochs.contains(epoch));
  }

  /** How they are, all together; all is down where there is none. */
  Health health() {
    var all = all();
    var now = System.nanoTime();
    return new Health(
        !all.isEmpty() && all.stream().allMatch(Deployment::inputStore),
        !all.isEmpty() && all.stream().allMatch(Deployment::outputStore),
        all.stream()
            .flatMap(d -> d.heartbeats.stream())
            .mapToLong(heartbeat -> TimeUnit.NANOSECONDS.toMillis(now - heartbeat.get()))
            .max()
            .orElse(0),
        all.stream().mapToLong(d -> 3 * d.options.getHeartbeat()).max().orElse(0),
        all.stream().anyMatch(Deployment::draining));
  }

  /** The settings of any verticle, or the defaults. */
  ServerEventsOptions options() {
    var all = all();
    return all.isEmpty() ? DEFAULTS : all.get(0).options();
  }

  /** Adds a verticle, or puts its new state in the place of the old one. */
  public void put(Deployment deployment) {
    shared.merge(KEY, Snapshot.of(List.of(deployment)), (old, added) -> with(old, deployment));
  }

  /** Takes a verticle away: it gets no more commands. */
  public void remove(String address) {
    shared.computeIfPresent(
        KEY,
        (key, old) ->
            Snapshot.of(old.all.stream().filter(d -> !d.address.equals(address)).toList()));
  }

  private Snapshot snapshot() {
    return Objects.requireNonNullElse(shared.get(KEY), NONE);
  }

  private static Snapshot with(Snapshot old, Deployment deployment) {
    var known = old.all.stream().anyMatch(d -> d.address.equals(deployment.address));
    return Snapshot.of(
        known
            ? old.all.stream()
                .map(d -> d.address.equals(deployment.address) ? deployment : d)
                .toList()
            : Stream.concat(old.all.stream(), Stream.of(deployment)).toList());
  }
}
