package dev.serverevents.web;

import dev.serverevents.bus.Addresses;
import dev.serverevents.web.Access.Action;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import java.util.regex.Pattern;

/**
 * The event bus, for browsers, by the standard Vert.x bridge: our own addresses and no others. What
 * the address {@link Addresses#STREAM} hands out is a secret, so who knows it may consume it.
 */
final class SockJsBridge {

  private static final int REPLY_MARGIN_MS = 5_000;

  private final Access access;
  private final SockJsReaders readers;

  private SockJsBridge(Access access, SockJsReaders readers) {
    this.access = access;
    this.readers = readers;
  }

  /** Routes to mount; a wait over them lasts at most as long as a request. */
  static Router router(Vertx vertx, RoutesOptions options) {
    var streams = Pattern.quote(Addresses.STREAM + ".") + ".+";
    var permitted =
        new SockJSBridgeOptions()
            .addInboundPermitted(new PermittedOptions().setAddress(Addresses.ON))
            .addInboundPermitted(new PermittedOptions().setAddress(Addresses.EMIT))
            .addInboundPermitted(new PermittedOptions().setAddress(Addresses.STREAM))
            .addOutboundPermitted(new PermittedOptions().setAddressRegex(streams))
            .setReplyTimeout(options.getMaxWait() + REPLY_MARGIN_MS);
    var bridge = new SockJsBridge(options.getAccess(), new SockJsReaders(vertx));
    return SockJSHandler.create(vertx).bridge(permitted, bridge::check);
  }

  private void check(BridgeEvent event) {
    event.complete(
        switch (event.type()) {
          case SEND -> permitsSend(event);
          case PUBLISH -> false;
          case RECEIVE -> {
            readers.write(event);
            yield false;
          }
          case SOCKET_CLOSED -> {
            readers.closed(event.socket());
            yield true;
          }
          default -> true;
        });
  }

  /** A hand-over would have this server send a message to any address of the client's choice. */
  private boolean permitsSend(BridgeEvent event) {
    var message = event.getRawMessage();
    if (!(message.getValue("body") instanceof JsonObject body) || body.containsKey("handOver")) {
      return false;
    }
    var action = Addresses.EMIT.equals(message.getValue("address")) ? Action.EMIT : Action.WAIT;
    return access.permits(event.socket().webUser(), action, String.valueOf(body.getValue("name")));
  }
}
