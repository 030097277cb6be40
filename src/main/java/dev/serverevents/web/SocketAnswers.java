package dev.serverevents.web;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.StreamEvent;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.ExactJson;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What is sent on a WebSocket, as JSON; {@link SocketMessages} says when. */
final class SocketAnswers {

  private static final List<String> REPEATED = List.of("ref", "name", "id");

  private SocketAnswers() {}

  /** Answers a message: the answer has a type, and repeats what tells the message from others. */
  static JsonObject of(JsonObject message, String type) {
    var answer = new JsonObject().put("type", type);
    for (var field : REPEATED) {
      if (message.containsKey(field)) {
        answer.put(field, message.getValue(field));
      }
    }
    return answer;
  }

  /** Answers a message whose wish could not be fulfilled. */
  static JsonObject failed(JsonObject message, Throwable cause) {
    var ending = Problems.ending(cause);
    var answer = of(message, "error");
    return ending.explain(answer.put("status", ending.status()).put("detail", ending.detail()));
  }

  /** Tells an event of a stream. */
  static String event(String name, String id, StreamEvent event) {
    var args = event.args();
    if (args == null) {
      return withKey(event.toJson(), name, id).encode();
    }
    var type = new JsonObject().put("type", event.type());
    return ExactJson.object(type, "args", args.toBuffer(), withKey(new JsonObject(), name, id))
        .toString();
  }

  /** Tells that the time of a stream is over. */
  static JsonObject timedOut(String name, String id, EventTimeoutException timeout) {
    var type = new JsonObject().put("type", Ending.TIMEOUT);
    var told = withKey(type.put("waited", timeout.timeout()), name, id);
    return Ending.of(timeout).explain(told);
  }

  private static JsonObject withKey(JsonObject message, String name, String id) {
    return message.put("name", name).put("id", id);
  }
}
