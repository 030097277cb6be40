package dev.serverevents.internal.local;

import dev.serverevents.EmitOptions;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/**
 * Sends signals by one verticle.
 *
 * @param commands the mailbox of the verticle
 * @param notices the mailbox of the sender
 */
public record Signals(Mailbox<Command> commands, Mailbox<Notice> notices) {

  private static final EventKey KEY = new EventKey("$signal", "");

  /**
   * Sends a signal on a channel.
   *
   * @return how many connections received it, or -1 where that is not known; completes on the
   *     context of the notices
   */
  public Future<Integer> send(String channel, Signal signal) {
    var sent = new Sent(channel, signal.encode(), notices, Promise.promise());
    commands.add(new Command.Emit(sent));
    return sent.receivers.future();
  }

  private record Sent(
      String channel, Buffer payload, Mailbox<Notice> notices, Promise<Integer> receivers)
      implements PendingEmit {

    @Override
    public EventKey key() {
      return KEY;
    }

    @Override
    public EmitOptions options() {
      return EmitOptions.DEFAULT;
    }

    @Override
    public boolean isSignal() {
      return true;
    }

    @Override
    public void emitted(int count) {
      receivers.complete(count);
    }

    @Override
    public void failed(Throwable cause) {
      receivers.fail(cause);
    }
  }
}
