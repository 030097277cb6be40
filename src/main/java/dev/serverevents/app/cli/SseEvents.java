package dev.serverevents.app.cli;

import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Gap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The Server-Sent Events of a server. */
final class SseEvents implements Events {

  /** More than a server lets an event have, unless its limits are raised far. */
  private static final int MAX_LINE = 64 * 1024 * 1024;

  private static final int GATEWAY_TIMEOUT = 504;
  private static final int UNAVAILABLE = 503;

  private final EventId of;
  private final boolean follows;
  private final Pull<Buffer> pieces;
  private Buffer unread = Buffer.buffer();
  private int at;
  private boolean isOver;

  /**
   * Reads a stream.
   *
   * @param of whose events they are
   * @param follows whether it goes on after an event
   */
  SseEvents(EventId of, boolean follows, ReadStream<Buffer> body) {
    this.of = of;
    this.follows = follows;
    pieces = new Pull<>(body);
  }

  @Override
  public @Nullable StreamEvent next() {
    while (!isOver) {
      var type = "";
      var data = new StringBuilder();
      for (var line = line(); !line.isEmpty(); line = line()) {
        if (line.startsWith("event: ")) {
          type = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          data.append(line, "data: ".length(), line.length()).append('\n');
        }
      }
      if (!type.isEmpty()) {
        return event(type, data.toString());
      }
    }
    return null;
  }

  private String line() {
    var end = at;
    while (end >= unread.length() || unread.getByte(end) != '\n') {
      if (end >= unread.length()) {
        end -= at;
        read();
      } else {
        end++;
      }
    }
    var line = unread.getString(at, end);
    at = end + 1;
    return line;
  }

  /** Reads on. The end comes with one of the events, or else somebody has cut it off. */
  private void read() {
    var piece = pieces.next();
    if (piece == null || unread.length() - at > MAX_LINE) {
      throw ProblemException.of(
          UNAVAILABLE, new JsonObject().put("detail", "The server has ended the stream"));
    }
    unread = Buffer.buffer().appendBuffer(unread, at, unread.length() - at).appendBuffer(piece);
    at = 0;
  }

  private StreamEvent event(String type, String data) {
    if (type.equals("progress")) {
      return new StreamEvent.Progress(EventArgs.ofJson(Buffer.buffer(data.strip())));
    }
    if (type.equals("result")) {
      isOver = !follows;
      return new StreamEvent.Result(EventArgs.ofJson(Buffer.buffer(data.strip())));
    }
    var json = new JsonObject(data);
    if (type.equals("gap")) {
      return new Gap(Gap.Reason.valueOf(json.getString("reason")));
    }
    if (type.equals("failure")) {
      isOver = !follows;
      return new StreamEvent.Failure(failure(of, json));
    }
    throw timeout(of, json);
  }

  /** The failure of a job, as JSON has it. */
  static EventFailureException failure(EventId of, JsonObject json) {
    return new EventFailureException(
        of.name(),
        of.id(),
        json.getInteger("code", 0),
        json.getString("message", ""),
        json.getValue("detail"));
  }

  private static ProblemException timeout(EventId of, JsonObject json) {
    var says =
        "No event \"%s\" with id \"%s\" within the timeout of %s ms"
            .formatted(of.name(), of.id(), json.getValue("waited"));
    return ProblemException.of(
        GATEWAY_TIMEOUT, json.copy().put("status", GATEWAY_TIMEOUT).put("detail", says));
  }
}
