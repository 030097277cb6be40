package dev.serverevents.internal.memory;

import dev.serverevents.Store;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a broker tells its listener, and the listeners of its channels. */
final class Heeded implements Broker.Listener {

  /** What happened, in its order, each in one line. */
  final List<String> all = new CopyOnWriteArrayList<>();

  /** The lines that begin so. */
  List<String> of(String start) {
    return all.stream().filter(line -> line.startsWith(start)).toList();
  }

  /** Writes down what comes on one channel. */
  ChannelListener channel(String name) {
    return new ChannelListener() {
      @Override
      public Work confirmed() {
        all.add("confirmed " + name);
        return null;
      }

      @Override
      public void lost() {
        all.add("lost " + name);
      }

      @Override
      public void refused(RefusalException cause) {
        all.add("refused " + name);
      }

      @Override
      public Work message(String channel, Buffer payload) {
        all.add(name + " " + payload);
        return null;
      }
    };
  }

  @Override
  public void up(Store store, boolean isAll) {
    all.add("up " + store + (isAll ? " all" : ""));
  }

  @Override
  public void reconnected(Store store) {
    all.add("reconnected " + store);
  }

  @Override
  public void resubscribed(long nanos) {
    all.add("resubscribed " + (nanos >= 0));
  }

  @Override
  public void failed(Store store, Throwable cause) {
    all.add("failed " + store);
  }

  @Override
  public void rerouted() {
    all.add("rerouted");
  }

  @Override
  public Payload decode(String channel, Buffer json) {
    try {
      return WireFormat.decode(json, 1_000_000);
    } catch (MalformedPayloadException malformed) {
      return null;
    }
  }
}
