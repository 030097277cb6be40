package dev.serverevents.internal.worker;

import dev.serverevents.JobSource;
import dev.serverevents.internal.Futures;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Watcher;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the jobs of workers that are gone back to their source, for any worker to take. Each worker
 * of a source does so for all others. Used on the worker's context only.
 */
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final long INTERVAL_MS = 1_000;

  private final String workerId;
  private final JobSource source;
  private final ContextInternal context;
  private final Clock clock;
  private final Mailbox<Command> commands;
  private final Mailbox<Notice> notices;
  private final Map<String, Holder> holders = new HashMap<>();
  private long timer = -1;
  private boolean isClosed;

  Recovery(
      String workerId,
      JobSource source,
      ContextInternal context,
      Mailbox<Command> commands,
      Mailbox<Notice> notices) {
    this.workerId = workerId;
    this.source = source;
    this.context = context;
    clock = Clocks.of(context.owner());
    this.commands = commands;
    this.notices = notices;
  }

  /** Begins to look after the other workers, if that is of use. */
  void start() {
    if (source.givesBack()) {
      look();
      timer = clock.setPeriodic(context, INTERVAL_MS, tick -> look());
    }
  }

  void close() {
    isClosed = true;
    clock.cancel(timer);
    List.copyOf(holders.keySet()).forEach(this::forget);
  }

  private void look() {
    Futures.of("JobSource.holders", source::holders)
        .onSuccess(ids -> context.runOnContext(turn -> watch(ids)))
        .onFailure(cause -> LOG.warn("Who has jobs is not known: {}", cause.getMessage()));
  }

  private void watch(Set<String> ids) {
    if (isClosed) {
      return;
    }
    var gone = new HashSet<>(holders.keySet());
    gone.removeAll(ids);
    gone.forEach(this::forget);
    for (var id : ids) {
      if (!id.equals(workerId) && !holders.containsKey(id)) {
        var holder = new Holder(id);
        holders.put(id, holder);
        commands.add(new Command.Watch(holder));
      }
    }
  }

  private void forget(String id) {
    var holder = holders.remove(id);
    if (holder != null) {
      commands.add(new Command.Unwatch(holder));
    }
  }

  /** Another worker that has jobs. */
  private final class Holder implements Watcher {

    private final String id;

    Holder(String id) {
      this.id = id;
    }

    @Override
    public Mailbox<Notice> notices() {
      return notices;
    }

    @Override
    public String channel() {
      return WireNames.worker(id);
    }

    @Override
    public void present(boolean isPresent) {
      if (!isPresent) {
        LOG.info("Worker {} is gone; its jobs go back", id);
        Futures.of("JobSource.giveBack", () -> source.giveBack(id))
            .onFailure(cause -> LOG.warn("Its jobs did not go back: {}", cause.getMessage()))
            .onComplete(done -> context.runOnContext(turn -> forget(id)));
      }
    }

    @Override
    public void refused(Throwable cause) {
      LOG.warn("The jobs of workers that are gone do not go back: {}", cause.getMessage());
    }
  }
}
