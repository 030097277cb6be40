package dev.serverevents.internal.client;

import static java.util.Objects.requireNonNullElse;

import dev.serverevents.EmitOptions;
import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsTracing.Operation;
import dev.serverevents.ServerEventsTracing.Span;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.PendingEmit;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The emits of one ServerEvents that have not ended. Used on its context only, unless said
 * otherwise.
 */
final class PendingEmits {

  /** What {@code emit(name, id, (Object[]) null)} means. */
  private static final @Nullable Object[] NULL_ALONE = {null};

  private final Home home;
  private final Verticles verticles;
  private final Set<Emit> all = new HashSet<>();

  PendingEmits(Home home, Verticles verticles) {
    this.home = home;
    this.verticles = verticles;
  }

  /**
   * Emits an event. Any thread may call it, for a caller on any context.
   *
   * @param operation what is traced of it
   * @param channel on which the event of a key is published
   */
  Future<Integer> emit(
      Operation operation,
      Function<EventKey, String> channel,
      EmitOptions options,
      Object name,
      Object id,
      @Nullable Object @Nullable [] args,
      ContextInternal caller) {
    Promise<Integer> receivers = caller.promise();
    try {
      Fields.present("options", options);
      var limits = verticles.limits();
      var key = EventKey.of(name, id, limits);
      var payload = WireFormat.encode(name, id, requireNonNullElse(args, NULL_ALONE));
      if (payload.length() > limits.getPayloadOut()) {
        throw new InvalidInputException(
            "the payload's size",
            payload.length(),
            "must be at most %d bytes (limits.payloadOut)".formatted(limits.getPayloadOut()));
      }
      var on = channel.apply(key);
      var span = home.tracing().begin(operation, key.name(), key.id());
      var emit = new Emit(on, key, payload, options, receivers, span);
      home.run(() -> send(emit));
    } catch (InvalidInputException invalid) {
      receivers.fail(invalid);
    }
    return receivers.future();
  }

  private void send(Emit emit) {
    try {
      var verticle = verticles.publishing(emit.key);
      all.add(emit);
      verticle.commands().add(new Command.Emit(emit));
    } catch (UnavailableException refused) {
      emit.end(refused);
    }
  }

  /** Fails all emits. */
  void failAll(Throwable cause) {
    Set.copyOf(all).forEach(emit -> emit.failed(cause));
  }

  /** One emit, from its making to its end. */
  private final class Emit implements PendingEmit {

    private final String channel;
    private final EventKey key;
    private final Buffer payload;
    private final EmitOptions options;
    private final Promise<Integer> receivers;
    private final Span span;

    Emit(
        String channel,
        EventKey key,
        Buffer payload,
        EmitOptions options,
        Promise<Integer> receivers,
        Span span) {
      this.channel = channel;
      this.key = key;
      this.payload = payload;
      this.options = options;
      this.receivers = receivers;
      this.span = span;
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
      return home.notices();
    }

    @Override
    public void emitted(int count) {
      if (all.remove(this)) {
        span.receivers(count);
        span.end(null);
        receivers.complete(count);
      }
    }

    @Override
    public void failed(Throwable cause) {
      if (all.remove(this)) {
        end(cause);
      }
    }

    void end(Throwable cause) {
      span.end(cause);
      receivers.fail(cause);
    }
  }
}
