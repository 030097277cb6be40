package dev.serverevents.internal.json;

import dev.serverevents.EventArgs;
import dev.serverevents.EventResults;
import dev.serverevents.FirstEvent;
import io.vertx.core.json.JsonObject;

/** The replies on the event bus, as the JSON types of Vert.x. */
final class BusReplies implements WaitReplies<Object> {

  @Override
  public Object one(EventArgs args) {
    return args.toJsonArray();
  }

  @Override
  public Object first(FirstEvent first) {
    return new JsonObject().put("id", first.id()).put("args", first.args().toJsonArray());
  }

  @Override
  public Object several(EventResults results) {
    var came = new JsonObject();
    results.results().forEach((id, args) -> came.put(id, args.toJsonArray()));
    return new JsonObject()
        .put("results", came)
        .mergeIn(WaitReplies.others(results, cause -> String.valueOf(cause.getMessage())));
  }
}
