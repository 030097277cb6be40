package dev.serverevents;

import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as a request hands it over to a worker: {@link #toJson()} on the one side, {@link
 * #from(JsonObject)} on the other. Whoever hands it over adds its {@link #data(Object) data}; all
 * else says where the worker answers.
 *
 * @param name the name of the event that ends it
 * @param id the id of that event
 * @param replyTo the inbox that the event is published to, which only the server that asked hears;
 *     null where it is published on its own channel
 * @param claimTo the inbox to which a worker says that it has the job; null where nobody wants to
 *     know
 * @param deadline how many ms of the wait's time were left when the job was handed over
 * @param stalledAfter after how many ms without a sign of life its worker counts as stalled; 0
 *     where it never does
 * @param headers what to carry along, for example the context of a trace
 * @param data what there is to do: any JSON value, or null
 */
public record Job(
    String name,
    String id,
    @Nullable String replyTo,
    @Nullable String claimTo,
    long deadline,
    long stalledAfter,
    Map<String, String> headers,
    @Nullable Object data) {

  private static final LimitsOptions LIMITS = new LimitsOptions();

  /** Keeps a copy of the headers. */
  public Job {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** The same with data: what Vert.x can write as JSON. */
  public Job data(@Nullable Object data) {
    return new Job(name, id, replyTo, claimTo, deadline, stalledAfter, headers, data);
  }

  /** The same with one more header, or another value of it. */
  public Job header(String header, String value) {
    var all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Job(name, id, replyTo, claimTo, deadline, stalledAfter, all, data);
  }

  /** The job as JSON, as a worker in any language reads it; see the wire protocol. */
  public JsonObject toJson() {
    var json = new JsonObject().put("name", name).put("id", id);
    putIfAny(json, "replyTo", replyTo);
    putIfAny(json, "claimTo", claimTo);
    json.put("deadline", deadline);
    putIfAny(json, "stalledAfter", stalledAfter == 0 ? null : stalledAfter);
    putIfAny(json, "headers", headers.isEmpty() ? null : JsonObject.mapFrom(headers));
    putIfAny(json, "data", data);
    return json;
  }

  private static void putIfAny(JsonObject json, String field, @Nullable Object value) {
    if (value != null) {
      json.put(field, value);
    }
  }

  /**
   * Reads a job. Fields that it does not know do not matter.
   *
   * @throws InvalidInputException if a field is not what it must be
   */
  public static Job from(JsonObject json) {
    Fields.present("job", json);
    var key = EventKey.of(json.getValue("name"), json.getValue("id"), LIMITS);
    return new Job(
        key.name(),
        key.id(),
        inbox(json, "replyTo"),
        inbox(json, "claimTo"),
        ms(json, "deadline"),
        ms(json, "stalledAfter"),
        headers(json),
        json.getValue("data"));
  }

  /**
   * Reads a job from its text.
   *
   * @throws InvalidInputException if it is no JSON object, or a field is not what it must be
   */
  public static Job from(String json) {
    return from(Fields.object("job", ExactJson.read("job", Buffer.buffer(json))));
  }

  private static @Nullable String inbox(JsonObject json, String field) {
    var value = json.getValue(field);
    return value == null ? null : WireNames.checkInbox(field, value);
  }

  private static long ms(JsonObject json, String field) {
    var value = json.getValue(field);
    return value == null ? 0 : Fields.integer(field, value, 0, ServerEventsOptions.MAX_TIMEOUT);
  }

  private static Map<String, String> headers(JsonObject json) {
    var headers = new LinkedHashMap<String, String>();
    for (var header : Fields.object("headers", json.getValue("headers"))) {
      if (!(header.getValue() instanceof String value)) {
        throw new InvalidInputException(
            "headers." + header.getKey(), header.getValue(), "must be a string");
      }
      headers.put(header.getKey(), value);
    }
    return headers;
  }
}
