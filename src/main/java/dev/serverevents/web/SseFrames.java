package dev.serverevents.web;

import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Failure;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.internal.Sha256;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Events as they are written to Server-Sent Events. Those that many streams get, with the same id,
 * are made once for all of them.
 */
final class SseFrames {

  private static final int HASH_DIGITS = 24;

  private final Map<Gap, Buffer> gaps = new ConcurrentHashMap<>();
  private final LastMade<String> ids = new LastMade<>();
  private final LastMade<Buffer> data = new LastMade<>();
  private final LastMade<Buffer> frames = new LastMade<>();

  /** A gap, which has no id. The bytes must not be changed. */
  Buffer of(Gap gap) {
    return gaps.computeIfAbsent(gap, each -> frame(each.type(), null, data(each)));
  }

  /** Any other event, which begins with its type. The bytes must not be changed. */
  Buffer of(StreamEvent event, String id) {
    var content = content(event);
    return frames.get(content, id, () -> frame(event.type(), id, data(event, content)));
  }

  /** The id of a result or a failure: a hash of its data, the same on every server. */
  String id(StreamEvent event) {
    var content = content(event);
    return ids.get(
        content,
        event.type(),
        () ->
            event.type()
                + "-"
                + Sha256.hex(data(event, content).getBytes()).substring(0, HASH_DIGITS));
  }

  /** A frame, with data of one line. */
  static Buffer frame(String type, @Nullable String id, Buffer data) {
    var head = (id == null ? "" : "id: " + id + "\n") + "event: " + type + "\ndata: ";
    return Buffer.buffer(head.length() + data.length() + 2)
        .appendString(head)
        .appendBuffer(data)
        .appendString("\n\n");
  }

  /** What an event carries, which all that get it share. */
  static Object content(StreamEvent event) {
    var args = event.args();
    return args != null ? args : event instanceof Failure failure ? failure.cause() : event;
  }

  /** A line break, which JSON can have between its tokens, would end the data. */
  private Buffer data(StreamEvent event, Object content) {
    return data.get(content, "", () -> data(event));
  }

  private static Buffer data(StreamEvent event) {
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
