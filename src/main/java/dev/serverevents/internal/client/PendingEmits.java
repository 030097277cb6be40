package dev.serverevents.internal.client;

import dev.serverevents.EmitOptions;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.PendingEmit;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.Set;

/** The emits of one ServerEvents that have not ended. Used on its context only. */
final class PendingEmits {

  private final Mailbox<Notice> notices;
  private final Set<Emit> all = new HashSet<>();

  PendingEmits(Home home) {
    notices = home.notices();
  }

  /**
   * Has a verticle publish something.
   *
   * @param receivers its outcome; completed on the context of the caller
   */
  void send(
      Deployment verticle,
      String channel,
      EventKey key,
      Buffer payload,
      EmitOptions options,
      Promise<Integer> receivers) {
    var emit = new Emit(channel, key, payload, options, receivers);
    all.add(emit);
    verticle.commands().add(new Command.Emit(emit));
  }

  /** Fails all. */
  void failAll(Throwable cause) {
    Set.copyOf(all).forEach(emit -> emit.failed(cause));
  }

  /** One of them. */
  private final class Emit implements PendingEmit {

    private final String channel;
    private final EventKey key;
    private final Buffer payload;
    private final EmitOptions options;
    private final Promise<Integer> receivers;

    Emit(
        String channel,
        EventKey key,
        Buffer payload,
        EmitOptions options,
        Promise<Integer> receivers) {
      this.channel = channel;
      this.key = key;
      this.payload = payload;
      this.options = options;
      this.receivers = receivers;
    }

    @Override
    public String channel() {
      return channel;
    }

    @Override
    public EventKey key() {
      return key;
    }

    @Override
    public Buffer payload() {
      return payload;
    }

    @Override
    public EmitOptions options() {
      return options;
    }

    @Override
    public Mailbox<Notice> notices() {
      return notices;
    }

    @Override
    public void emitted(int count) {
      if (all.remove(this)) {
        receivers.complete(count);
      }
    }

    @Override
    public void failed(Throwable cause) {
      if (all.remove(this)) {
        receivers.fail(cause);
      }
    }
  }
}
