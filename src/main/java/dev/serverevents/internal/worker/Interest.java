package dev.serverevents.internal.worker;

import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Watcher;
import dev.serverevents.internal.loop.Mailbox;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Whether anybody waits for the event of jobs that the server which asked does not want any more: a
 * wait on another server, or another wait on the same one. Used on the worker's context only.
 */
final class Interest implements Watcher {

  private final Mailbox<Notice> notices;
  private final String channel;
  private final Consumer<Interest> none;
  private final Set<HeldJob> jobs = new LinkedHashSet<>();

  /**
   * Creates one for the channel of an event.
   *
   * @param none called when nobody waits
   */
  Interest(Mailbox<Notice> notices, String channel, Consumer<Interest> none) {
    this.notices = notices;
    this.channel = channel;
    this.none = none;
  }

  Set<HeldJob> jobs() {
    return jobs;
  }

  @Override
  public Mailbox<Notice> notices() {
    return notices;
  }

  @Override
  public String channel() {
    return channel;
  }

  @Override
  public void present(boolean isPresent) {
    if (!isPresent) {
      none.accept(this);
    }
  }

  /** Without the right to ask, the worker knows of the server alone that asked. */
  @Override
  public void refused(Throwable cause) {
    none.accept(this);
  }
}
