package dev.serverevents.web;

import dev.serverevents.EventArgs;
import dev.serverevents.EventResults;
import dev.serverevents.FirstEvent;
import dev.serverevents.ServerEventsException;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.json.WaitReplies;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.function.Function;

/**
 * The replies to clients, with arguments as the bytes that they are. That to a wait for one event
 * is made once for all who get it, so that it must not be changed.
 */
final class ExactReplies implements WaitReplies<Buffer> {

  private final Function<ServerEventsException, String> words;
  private final LastMade<Buffer> bodies = new LastMade<>();

  /**
   * Creates some.
   *
   * @param words what a client is told of a failure
   */
  ExactReplies(Function<ServerEventsException, String> words) {
    this.words = words;
  }

  @Override
  public Buffer one(EventArgs args) {
    return bodies.get(args, "", args::toBuffer);
  }

  @Override
  public Buffer first(FirstEvent first) {
    return ExactJson.object(
        new JsonObject().put("id", first.id()), "args", first.args().toBuffer());
  }

  @Override
  public Buffer several(EventResults results) {
    return several(new JsonObject(), results);
  }

  /** The same after the members of a problem. */
  Buffer several(JsonObject problem, EventResults results) {
    var came = new LinkedHashMap<String, Buffer>();
    results.results().forEach((id, args) -> came.put(id, args.toBuffer()));
    return ExactJson.object(
        problem, "results", ExactJson.object(came), WaitReplies.others(results, words));
  }
}
