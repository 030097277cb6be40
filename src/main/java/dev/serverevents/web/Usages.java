package dev.serverevents.web;

import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.journal.LimitReport;
import dev.serverevents.internal.journal.Source;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * What all clients of one Vert.x have at present. Any event loop may change it, for a short time
 * and one at a time, so that two can never take the same room.
 */
final class Usages implements Shareable, Source {

  private static final String KEY = "usages";

  /** What those are called that are not told apart. */
  private static final String OTHERS = "other";

  /** How many clients are told apart; all others share what one client may have. */
  static final int MAX_CLIENTS = 100_000;

  /** Up to so many clients may be remembered although they have nothing any more. */
  private static final int FEW = 1_024;

  private static final long SWEEP_NS = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, Usage> clients = new HashMap<>();
  private final Clock clock;
  private final Usage others;
  private final Usage total;
  private long lastSweep;

  private Usages(Clock clock) {
    this.clock = clock;
    others = new Usage(clock);
    total = new Usage(clock);
    lastSweep = clock.nanoTime();
  }

  static Usages of(Vertx vertx) {
    LocalMap<String, Usages> shared = vertx.sharedData().getLocalMap("server-events.usages");
    return shared.computeIfAbsent(
        KEY,
        key -> {
          var usages = new Usages(Clocks.of(vertx));
          Journal.of(vertx).add(usages);
          return usages;
        });
  }

  /** Calls an action with what a client has and with what all have, and returns the former. */
  synchronized Usage change(String client, BiConsumer<Usage, Usage> action) {
    var usage = clients.get(client);
    if (usage == null) {
      usage = begin(client);
    }
    action.accept(usage, total);
    return usage;
  }

  /** Calls an action for a client that is known to have something. */
  synchronized void change(Usage usage, BiConsumer<Usage, Usage> action) {
    action.accept(usage, total);
  }

  private Usage begin(String client) {
    var now = clock.nanoTime();
    if (clients.size() >= FEW && now - lastSweep > SWEEP_NS) {
      lastSweep = now;
      clients.values().removeIf(Usage::isNothing);
    }
    if (clients.size() >= MAX_CLIENTS) {
      return others;
    }
    var usage = new Usage(clock);
    clients.put(client, usage);
    return usage;
  }

  /** Who is near a limit. */
  @Override
  public Future<Report> report() {
    return Future.succeededFuture(new Report(List.of(), List.of(), near()));
  }

  private synchronized List<LimitReport> near() {
    var near = new ArrayList<LimitReport>();
    total.tellNear(null, near::add);
    others.tellNear(OTHERS, near::add);
    clients.forEach((client, usage) -> usage.tellNear(name(client), near::add));
    return near;
  }

  /** Without the word before it, by which users and addresses are told apart. */
  private static String name(String client) {
    return client.substring(client.indexOf(' ') + 1);
  }

  /** How many clients are remembered. */
  synchronized int clients() {
    return clients.size();
  }

  /** What all clients together have of something. */
  synchronized long total(Kind kind) {
    return total.held(kind);
  }
}
