package dev.serverevents.web;

import dev.serverevents.EventStream;
import dev.serverevents.ServerEvents;
import dev.serverevents.internal.json.JsonMessages;
import dev.serverevents.web.Quotas.Client;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.json.JsonObject;

/** A stream of a socket, and the permit that the socket's client holds for it. */
record HeldStream(EventStream stream, Permit permit) {

  /** Opens the stream that a message asks for, which is paused, if its client may have one more. */
  static HeldStream open(Client client, ServerEvents events, JsonObject message) {
    return client.begin(
        Kind.STREAMS,
        permit -> new HeldStream(JsonMessages.stream(events, message).pause(), permit));
  }

  /** Ends the stream, since its client wants it no more. */
  void close() {
    stream.close();
    permit.close();
  }

  /** Ends the stream, since its client is gone. */
  void cancel() {
    stream.cancel();
    permit.close();
  }
}
