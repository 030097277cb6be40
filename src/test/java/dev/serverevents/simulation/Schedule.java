package dev.serverevents.simulation;

import dev.serverevents.EmitOptions;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.simulation.Facts.Emitted;
import dev.serverevents.simulation.Facts.Plan;
import dev.serverevents.simulation.Facts.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What happens in a simulation, and when: all of it comes of one seed. */
final class Schedule {

  /** Some have the same channel: a with b:1, and a:b with 1. */
  private static final List<EventKey> KEYS =
      List.of(
          new EventKey("a", "b:1"),
          new EventKey("a:b", "1"),
          new EventKey("a", "1"),
          new EventKey("job", "1"),
          new EventKey("job", "2"));

  /** Which faults a schedule has. */
  private enum Faults {
    NONE,
    SLOWNESS,
    BREAKS,
    ALL
  }

  private static final List<Faults> PROFILES =
      List.of(Faults.NONE, Faults.NONE, Faults.SLOWNESS, Faults.BREAKS, Faults.ALL);

  private final long seed;
  private final SplittableRandom random;
  private final List<Step> steps = new ArrayList<>();
  private final List<EventKey> keys = new ArrayList<>();
  private final int workers;
  private final Faults faults;
  private int waits;
  private int emits;

  Schedule(long seed) {
    this.seed = seed;
    random = new SplittableRandom(seed);
    faults = oneOf(PROFILES);
    workers = 1 + random.nextInt(3);
    var first = random.nextInt(KEYS.size());
    for (var i = 0; i < 1 + random.nextInt(3); i++) {
      keys.add(KEYS.get((first + i) % KEYS.size()));
    }
    for (var i = 8 + random.nextInt(20); i > 0; i--) {
      add();
    }
    if (chance(20)) {
      step(() -> "drain", Simulation::drain);
      for (var i = random.nextInt(4); i > 0; i--) {
        add();
      }
    }
  }

  long seed() {
    return seed;
  }

  int workers() {
    return workers;
  }

  List<Step> steps() {
    return steps;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T oneOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private void step(Supplier<String> text, Consumer<Simulation> action) {
    steps.add(Step.of(text, random, action));
  }

  private void add() {
    var what = random.nextInt(100);
    if (what < 18) {
      listen();
    } else if (what < 36) {
      request();
    } else if (what < 42) {
      stream();
    } else if (what < 65) {
      emit();
    } else if (what < 70) {
      emitProgress();
    } else if (what < 76 && waits > 0) {
      var wait = random.nextInt(waits);
      step(() -> "cancel " + wait, simulation -> simulation.cancel(wait));
    } else if (what < 80) {
      endWorker();
    } else {
      fault();
    }
  }

  private long timeout() {
    return chance(50) ? 1 + random.nextInt(300) : 300 + random.nextInt(8_000);
  }

  private void listen() {
    var retained = chance(35);
    var needsWorker = chance(10);
    var wait = new Wait(waits++, oneOf(keys), timeout(), retained, false);
    wait.isWatching = needsWorker;
    wait.needsWorker = needsWorker;
    var options =
        WaitOptions.DEFAULT.timeout(wait.timeout).retained(retained).requireWorker(needsWorker);
    step(wait::asked, simulation -> simulation.listen(wait, options));
  }

  private void request() {
    var retained = chance(25);
    var wait = new Wait(waits++, oneOf(keys), timeout(), retained, false);
    wait.isRequest = true;
    wait.isDirect = chance(60);
    wait.needsWorker = chance(15);
    wait.canStall = chance(20);
    wait.isWatching = wait.needsWorker || wait.canStall || chance(40);
    wait.plan = plan();
    var plain =
        WaitOptions.DEFAULT
            .timeout(wait.timeout)
            .retained(retained)
            .direct(wait.isDirect)
            .requireWorker(wait.needsWorker);
    var watching = wait.isWatching ? plain.watchWorker() : plain;
    var options = wait.canStall ? watching.stalledAfter(500 + random.nextInt(1_000)) : watching;
    step(wait::asked, simulation -> simulation.request(wait, options));
  }

  private Plan plan() {
    return new Plan(
        random.nextInt(workers),
        chance(50) ? 0 : random.nextInt(200),
        chance(20) ? -1 : chance(40) ? random.nextInt(5) : random.nextInt(2_000),
        chance(15),
        chance(15) ? random.nextInt(1_000) : -1,
        chance(4));
  }

  private void stream() {
    var retained = chance(35);
    var wait = new Wait(waits++, oneOf(keys), timeout(), retained, true);
    var options = StreamOptions.DEFAULT.timeout(wait.timeout).retained(retained);
    step(wait::asked, simulation -> simulation.stream(wait, options));
  }

  private void emit() {
    var key = oneOf(keys);
    var number = emits++;
    if (chance(40)) {
      step(
          () -> "elsewhere, emit %d of %s".formatted(number, key),
          simulation -> simulation.elsewhere.emit(key, number));
      return;
    }
    var retain = chance(40) ? 1 + random.nextInt(chance(50) ? 500 : 20_000) : 0;
    var idempotency = chance(20) ? "key-" + random.nextInt(2) : null;
    var isFailure = chance(10);
    var emitted = new Emitted(number, key, retain, idempotency);
    var options = new EmitOptions(retain, idempotency);
    step(
        () ->
            "emit %d of %s, kept %d ms, idempotency %s, failure %s"
                .formatted(number, key, retain, idempotency, isFailure),
        simulation -> simulation.emit(emitted, options, isFailure));
  }

  private void emitProgress() {
    var emitted = new Emitted(emits++, oneOf(keys), 0, null);
    step(
        () -> "progress %d of %s".formatted(emitted.number, emitted.key),
        simulation -> simulation.emitProgress(emitted));
  }

  private void endWorker() {
    var worker = random.nextInt(workers);
    var dies = chance(60);
    step(
        () -> "worker %d %s".formatted(worker, dies ? "dies" : "freezes"),
        simulation -> simulation.workerEnds(worker, dies));
  }

  private void fault() {
    switch (faults) {
      case NONE -> listen();
      case SLOWNESS -> slow();
      case BREAKS -> connection();
      default -> {
        if (chance(50)) {
          connection();
        } else if (chance(40)) {
          slow();
        } else if (chance(50)) {
          step(() -> "lose the next message", simulation -> simulation.faults.loseNext());
        } else {
          refusal();
        }
      }
    }
  }

  private void slow() {
    var ms = chance(40) ? 0 : 1 + random.nextInt(300);
    step(() -> "slow by %d ms".formatted(ms), simulation -> simulation.faults.slow(ms));
  }

  private void connection() {
    if (chance(50)) {
      step(() -> "a gap begins", simulation -> simulation.faults.gapBegins());
      emit();
      step(() -> "the gap ends", simulation -> simulation.faults.gapEnds());
    } else if (chance(50)) {
      step(() -> "down", simulation -> simulation.faults.down());
    } else {
      var isAtOnce = chance(70);
      step(() -> isAtOnce ? "up" : "up, soon", simulation -> simulation.faults.up(isAtOnce));
    }
  }

  private void refusal() {
    var error = chance(60) ? "NOPERM" : null;
    step(() -> "refuse with " + error, simulation -> simulation.faults.refuse(error));
  }
}
