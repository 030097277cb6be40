package dev.serverevents.web;

import dev.serverevents.Cause;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.json.Addresses;
import dev.serverevents.internal.json.JsonMessages;
import dev.serverevents.internal.json.JsonWait;
import dev.serverevents.internal.loop.Chores;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one socket of SockJS asks for at the three addresses of the event bus: its waits, its emits
 * and its streams. The end of the socket ends them. A wait or a stream may name a timeout of at
 * most {@link RoutesOptions#getMaxWait()}; a stream that follows and names none lasts as long as
 * its socket.
 */
final class SockJsRequests {

  private static final String TIMEOUT = "timeout";

  private final ServerEvents events;
  private final long maxWait;
  private final Client client;
  private final Set<JsonWait.Begun<Buffer>> waits = new HashSet<>();

  /** The streams by the addresses that their events go to. */
  private final Map<String, HeldStream> streams = new HashMap<>();

  /**
   * Serves a socket of a client.
   *
   * @param maxWait how long a wait may last, in ms
   */
  SockJsRequests(ServerEvents events, Client client, long maxWait) {
    this.events = events;
    this.client = client;
    this.maxWait = maxWait;
  }

  /** Waits for an event, or for several; the reply is what came. */
  Future<Buffer> on(@Nullable Object replyTo, JsonObject body) {
    return Future.succeededFuture(body)
        .map(
            asked -> {
              Fields.string("replyAddress", replyTo);
              var retained = Fields.flag("retained", asked.getValue("retained"));
              var needsWorker = Fields.flag("requireWorker", asked.getValue("requireWorker"));
              return WaitOptions.DEFAULT
                  .retained(retained)
                  .requireWorker(needsWorker)
                  .timeout(timeout(asked));
            })
        .compose(how -> on(JsonWait.of(body), how));
  }

  private Future<Buffer> on(JsonWait asked, WaitOptions how) {
    return client.begin(Kind.WAITS, asked.count(), permit -> on(asked, how, permit));
  }

  private Future<Buffer> on(JsonWait asked, WaitOptions how, Permit permit) {
    var wait = asked.begin(events, how, new ExactReplies(Problems::words));
    waits.add(wait);
    return wait.reply()
        .onComplete(
            over -> {
              waits.remove(wait);
              permit.close();
            });
  }

  private long timeout(JsonObject asked) {
    var byDefault = Math.min(events.timeout(), maxWait);
    return Fields.integer(TIMEOUT, asked.getValue(TIMEOUT, byDefault), 1, maxWait);
  }

  /** Emits an event; the reply is how many received it. */
  Future<Buffer> emit(JsonObject body, int bytes) {
    return Future.succeededFuture(body)
        .compose(
            message -> {
              client.emit(message, bytes);
              return JsonMessages.emit(events, message);
            })
        .map(receivers -> new JsonObject().put("receivers", receivers).toBuffer());
  }

  /** Opens a stream, which is paused; the reply is the address that its events go to. */
  Future<Buffer> stream(@Nullable Object replyTo, JsonObject body) {
    return Future.succeededFuture(body)
        .map(
            asked -> {
              Fields.string("replyAddress", replyTo);
              var endless = asked.getValue(TIMEOUT) == null && isFollowing(asked);
              return endless ? asked : asked.copy().put(TIMEOUT, timeout(asked));
            })
        .map(message -> HeldStream.open(client, events, message))
        .compose(
            held -> {
              var address = Addresses.STREAM + "." + UUID.randomUUID();
              streams.put(address, held);
              return held.stream()
                  .subscribed()
                  .map(heard -> new JsonObject().put("address", address).toBuffer())
                  .onFailure(cause -> forget(address));
            });
  }

  private static boolean isFollowing(JsonObject asked) {
    return Fields.flag("follow", asked.getValue("follow"));
  }

  /** The stream whose events go to an address, or null if none does. */
  @Nullable HeldStream streamAt(String address) {
    return streams.get(address);
  }

  /** How many streams there are. */
  int streams() {
    return streams.size();
  }

  /** Takes a stream away that has ended, and closes its permit. */
  void forget(String address) {
    var held = streams.remove(address);
    if (held != null) {
      held.permit().close();
    }
  }

  /** The client is gone: all that it asked for ends. */
  void cancel() {
    waits.forEach(
        wait -> Chores.add(events.vertx(), () -> wait.cancel().accept(Cause.CLIENT_GONE)));
    streams.values().forEach(held -> Chores.add(events.vertx(), held::cancel));
    streams.clear();
  }
}
