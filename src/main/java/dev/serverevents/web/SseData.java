package dev.serverevents.web;

import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Failure;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.internal.Sha256;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of Server-Sent Events. Thousands of streams may get one event, one after the other and
 * with gaps between, so that its data is made once for all of them. Used on one event loop.
 */
final class SseData {

  private static final int HASH_DIGITS = 24;

  private final Map<Gap, Buffer> gaps = new HashMap<>();

  /** What is told by the event whose data was made last, which all its streams share, or null. */
  private @Nullable Object content;

  private Buffer data = Buffer.buffer();
  private @Nullable String hash;

  /** The event's data, which must not be changed. */
  Buffer of(StreamEvent event) {
    if (event instanceof Gap gap) {
      return gaps.computeIfAbsent(gap, SseData::make);
    }
    read(event);
    return data;
  }

  /** A hash of the data of an event that is no gap, the same on every server. */
  String hash(StreamEvent event) {
    read(event);
    if (hash == null) {
      hash = Sha256.hex(data.getBytes()).substring(0, HASH_DIGITS);
    }
    return hash;
  }

  @SuppressWarnings("ReferenceEquality") // an equal one may have been written in another way
  private void read(StreamEvent event) {
    var of = event instanceof Failure failure ? failure.cause() : event.args();
    if (of == null || of != content) {
      content = of;
      data = make(event);
      hash = null;
    }
  }

  /** A line break, which JSON can have between its tokens, would end the data. */
  private static Buffer make(StreamEvent event) {
    var json = json(event).replace("\r\n", "\n").replace('\r', '\n').replace("\n", "\ndata: ");
    return Buffer.buffer(json);
  }

  private static String json(StreamEvent event) {
    var args = event.args();
    if (args != null) {
      return args.toString();
    }
    var json = event.toJson();
    json.remove("type");
    return json.encode();
  }
}
