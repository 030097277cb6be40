package dev.serverevents.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;

/** Hands a message over as it is: its immutable content never leaves the JVM. */
final class LocalCodec implements MessageCodec<Object, Object> {

  private static final String NAME = "server-events-local";

  /** How to send what it carries. */
  static final DeliveryOptions OPTIONS =
      new DeliveryOptions().setLocalOnly(true).setCodecName(NAME);

  private LocalCodec() {}

  /** Registers it with the event bus, once for each Vert.x. */
  static void register(Vertx vertx) {
    var registered = vertx.sharedData().<String, Boolean>getLocalMap("server-events.codecs");
    registered.computeIfAbsent(
        NAME,
        name -> {
          vertx.eventBus().registerCodec(new LocalCodec());
          return true;
        });
  }

  @Override
  public void encodeToWire(Buffer buffer, Object message) {
    throw new UnsupportedOperationException(NAME + " messages are local to one JVM");
  }

  @Override
  public Object decodeFromWire(int pos, Buffer buffer) {
    throw new UnsupportedOperationException(NAME + " messages are local to one JVM");
  }

  @Override
  public Object transform(Object message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
