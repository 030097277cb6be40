package dev.serverevents.web;

import dev.serverevents.EmitOptions;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.settings.QuotaSettings;
import dev.serverevents.internal.settings.Setting;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps clients from having more than they may: each of them ({@code http.perClient}) and all
 * together ({@code http.total}): {@link QuotaException}. Every way in that makes a wait or a
 * stream, that emits, or that asks all servers, asks here first.
 *
 * <p>A client is the user that the authentication handler has found, for example an API key, or
 * else the {@linkplain ClientAddress address} that it connects from.
 */
final class Quotas {

  /** Roughly what Redis needs for a key, besides its value. */
  private static final long KEY_BYTES = 256;

  private static final long IDEMPOTENCY_MS = EmitOptions.IDEMPOTENCY.toMillis();

  private final RoutesOptions options;
  private final Usages usages;
  private final ServerEventsMetrics metrics;

  /** Counts together with all others of a Vert.x, up to its own limits. */
  Quotas(Vertx vertx, RoutesOptions options) {
    this.options = options;
    usages = Usages.of(vertx);
    metrics = ServerEventsMetrics.of(vertx);
  }

  /** The client that sent a request. */
  Client client(RoutingContext ctx) {
    return client(ctx.user(), ctx.request().remoteAddress());
  }

  /** The client that a user is or, where there is none or it has no name, an address. */
  Client client(@Nullable User user, @Nullable SocketAddress address) {
    var subject = user == null ? null : user.subject();
    return new Client(subject == null ? "at " + ClientAddress.of(address) : "user " + subject);
  }

  /** One client. */
  final class Client {

    private final String name;

    private Client(String name) {
      this.name = name;
    }

    /**
     * Takes so many of what the client may have, until the permit is closed.
     *
     * @throws ServerEventsException if that is too much
     */
    Permit enter(Kind kind, int count) {
      var holder =
          usages.change(
              name,
              (own, total) -> {
                checkHeld(own, options.getPerClient(), kind, count);
                checkHeld(total, options.getTotal(), kind, count);
                own.add(kind, count);
                total.add(kind, count);
              });
      return new Permit(holder, kind, count);
    }

    /** Takes a permit for what an action begins, and closes it at once if the action throws. */
    <T> T begin(Kind kind, Function<Permit, T> action) {
      return begin(kind, 1, action);
    }

    /** The same for an action that begins so many. */
    <T> T begin(Kind kind, int count, Function<Permit, T> action) {
      var permit = enter(kind, count);
      try {
        return action.apply(permit);
      } catch (RuntimeException thrown) {
        permit.close();
        throw thrown;
      }
    }

    /** Asks all servers something, for which the client holds a permit until it is answered. */
    <T> Future<T> ask(Supplier<Future<T>> question) {
      return begin(Kind.QUESTIONS, permit -> question.get().onComplete(answered -> permit.close()));
    }

    /**
     * Counts an emit before it is sent.
     *
     * @param message as {@link dev.serverevents.internal.json.JsonMessages#emit} takes it
     * @param bytes roughly how many its arguments have
     * @throws ServerEventsException if there were too many, if too much is retained, or if this
     *     would be retained for too long
     */
    void emit(JsonObject message, long bytes) {
      var retain = message.getValue("retain");
      var ms = retain == null ? 0 : Fields.integer("retain", retain, 1, options.getMaxRetain());
      var event = ms == 0 ? 0 : bytes + KEY_BYTES;
      var key = message.getValue("idempotencyKey") == null ? 0 : KEY_BYTES;
      usages.change(
          name,
          (own, total) -> {
            checkEmit(own, options.getPerClient(), event + key);
            checkEmit(total, options.getTotal(), event + key);
            own.addEmit(options.getPerClient().getEmits());
            total.addEmit(options.getTotal().getEmits());
            for (var usage : new Usage[] {own, total}) {
              usage.keep(event, ms);
              usage.keep(key, IDEMPOTENCY_MS);
            }
          });
    }
  }

  private void checkHeld(Usage usage, QuotaOptions quotas, Kind kind, long count) {
    usage.limit(quotas);
    var limit = kind.of(quotas.settings());
    if (usage.held(kind) + count > quotas.get(limit)) {
      throw refusal(quotas, limit, 1);
    }
  }

  private void checkEmit(Usage usage, QuotaOptions quotas, long kept) {
    usage.limit(quotas);
    if (!usage.hasRoomForEmit(quotas.getEmits())) {
      throw refusal(quotas, quotas.settings().emits(), 1);
    }
    if (kept > 0 && usage.keptBytes() + kept > quotas.getRetained()) {
      throw refusal(quotas, quotas.settings().retained(), usage.fewerKeptAfter());
    }
  }

  private QuotaException refusal(QuotaOptions quotas, Setting<Long> setting, long retryAfter) {
    metrics.refused(setting.path());
    var limit =
        String.format(
            Locale.ROOT, "%s is %,d (%s)", setting.field(), quotas.get(setting), setting.path());
    return quotas.settings() == QuotaSettings.PER_CLIENT
        ? new QuotaException(
            HttpResponseStatus.TOO_MANY_REQUESTS.code(),
            "This is more than one client may have: its limit of " + limit,
            retryAfter)
        : new QuotaException(
            HttpResponseStatus.SERVICE_UNAVAILABLE.code(),
            "This is more than all clients may have: the limit of " + limit,
            retryAfter);
  }

  /** What a client holds for its waits, streams or questions until it is closed. */
  final class Permit {

    private final Usage holder;
    private final Kind kind;
    private final int count;
    private boolean isClosed;

    private Permit(Usage holder, Kind kind, int count) {
      this.holder = holder;
      this.kind = kind;
      this.count = count;
    }

    /** Gives back what the client has taken; does nothing a second time. */
    void close() {
      if (!isClosed) {
        isClosed = true;
        usages.change(
            holder,
            (own, total) -> {
              own.add(kind, -count);
              total.add(kind, -count);
            });
      }
    }
  }
}
