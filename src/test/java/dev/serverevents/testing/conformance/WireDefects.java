package dev.serverevents.testing.conformance;

import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.WireFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Defects that clients have in what they write and read. */
final class WireDefects {

  private static final Map<String, WireOps> ALL =
      Map.ofEntries(
          Map.entry(
              "encode: another channel",
              new WireOps() {
                @Override
                String channel(EventKey key) {
                  return key.name() + "." + key.id();
                }
              }),
          Map.entry(
              "encode: names that are reserved",
              new WireOps() {
                @Override
                EventKey key(JsonObject in) {
                  return in.getValue("name") instanceof String name && name.startsWith("$")
                      ? new EventKey(name, String.valueOf(in.getValue("id")))
                      : super.key(in);
                }
              }),
          Map.entry(
              "encode: a limit in characters",
              new WireOps() {
                @Override
                EventKey key(JsonObject in) {
                  return in.getValue("name") instanceof String name && name.length() == 257
                      ? new EventKey(name, String.valueOf(in.getValue("id")))
                      : super.key(in);
                }
              }),
          Map.entry(
              "encode: rounded numbers",
              new WireOps() {
                @Override
                Buffer payload(JsonObject in, Object args) {
                  return new JsonArray(super.payload(in, args)).toBuffer();
                }
              }),
          Map.entry(
              "decode: numbers that are compared by their value",
              new WireOps() {
                @Override
                boolean isOwn(EventKey key, JsonObject in) {
                  try {
                    var id = new BigDecimal(in.getValue("id").toString());
                    return key.name().equals(key(in).name())
                        && new BigDecimal(key.id()).compareTo(id) == 0;
                  } catch (NumberFormatException text) {
                    return super.isOwn(key, in);
                  }
                }
              }),
          Map.entry(
              "decode: a number that is not its text",
              new WireOps() {
                @Override
                boolean isOwn(EventKey key, JsonObject in) {
                  var id = new JsonArray(in.getString("payload", "[0,0]")).getValue(1);
                  return super.isOwn(key, in)
                      && id instanceof String == in.getValue("id") instanceof String;
                }
              }),
          Map.entry(
              "decode: a channel that decides alone",
              new WireOps() {
                @Override
                boolean isOwn(EventKey key, JsonObject in) {
                  return key.channel().equals(in.getString("channel"));
                }
              }),
          Map.entry(
              "decode: rounded numbers",
              new WireOps() {
                @Override
                JsonObject event(WireFormat.Payload payload) {
                  var event = super.event(payload);
                  return event.containsKey("args")
                      ? event.put("args", new JsonArray(event.getString("args")).encode())
                      : event;
                }
              }),
          Map.entry(
              "decode: a failure of two arguments",
              new WireOps() {
                @Override
                JsonObject event(WireFormat.Payload payload) {
                  return payload.args().size() == 2
                          && payload.args().get(0) instanceof JsonObject first
                          && first.containsKey("$failure")
                      ? new JsonObject().put("kind", "failure").put("code", 1).put("message", "x")
                      : super.event(payload);
                }
              }),
          Map.entry(
              "decode: bytes behind the array", lenient(text -> text.replaceAll("\\]x$", "]"))),
          Map.entry("decode: a byte order mark", lenient(text -> text.replace("\ufeff", ""))),
          Map.entry("decode: any depth", lenient(text -> text.replaceAll("\\[{10,}.*\\]", "0]"))),
          Map.entry(
              "decode: death by a malformed payload",
              new WireOps() {
                @Override
                public JsonObject answer(String operation, JsonObject in) {
                  var answer = super.answer(operation, in);
                  if (answer.encode().contains("malformed")) {
                    Runtime.getRuntime().halt(1);
                  }
                  return answer;
                }
              }),
          Map.entry(
              "failure: no envelope",
              new WireOps() {
                @Override
                Object failure(JsonObject in) {
                  return ((JsonObject) super.failure(in)).getJsonObject("$failure");
                }
              }),
          Map.entry(
              "failure: codes of more than 32 bits",
              new WireOps() {
                @Override
                int code(JsonObject in) {
                  return ((Number) in.getValue("code")).intValue();
                }
              }),
          Map.entry(
              "progress: on the channel of the event",
              new WireOps() {
                @Override
                String progressChannel(EventKey key) {
                  return key.channel();
                }
              }),
          Map.entry(
              "reply: to any channel",
              new WireOps() {
                @Override
                String replyTo(JsonObject in) {
                  return String.valueOf(in.getValue("replyTo"));
                }
              }),
          Map.entry(
              "retainedKey: a length in characters",
              new WireOps() {
                @Override
                String retainedKey(EventKey key) {
                  return "$retained:{" + key.channel() + "}:" + key.name().length();
                }
              }),
          Map.entry(
              "idempotencyKey: no length",
              new WireOps() {
                @Override
                String idempotencyKey(EventKey key, String idempotency) {
                  super.idempotencyKey(key, idempotency);
                  return "$idempotency:{" + key.channel() + "}:" + idempotency;
                }
              }),
          Map.entry(
              "fingerprint: in upper case",
              new WireOps() {
                @Override
                String fingerprint(String payload, JsonObject in) {
                  return super.fingerprint(payload, in).toUpperCase(Locale.ROOT);
                }
              }),
          Map.entry(
              "fingerprint: of the payload alone",
              new WireOps() {
                @Override
                String fingerprint(String payload, JsonObject in) {
                  return super.fingerprint(payload, new JsonObject().put("retain", ""));
                }
              }),
          Map.entry(
              "claim: without giving back",
              new WireOps() {
                @Override
                Signal claim(JsonObject in) {
                  return super.claim(in.copy().put("givesBack", false));
                }
              }),
          Map.entry(
              "alive: without the job",
              new WireOps() {
                @Override
                Signal alive(JsonObject in) {
                  return new Signal.Alive(in.getString("workerId"), Optional.empty());
                }
              }),
          Map.entry(
              "told: no answer",
              new WireOps() {
                @Override
                public JsonObject answer(String operation, JsonObject in) {
                  return operation.equals("told") ? endless() : super.answer(operation, in);
                }
              }));

  private WireDefects() {}

  /** All that there are: the name of a defect begins with the group of cases that finds it. */
  static Set<String> names() {
    return ALL.keySet();
  }

  static WireOps of(String defect) {
    return ALL.getOrDefault(defect, new WireOps());
  }

  private static WireOps lenient(java.util.function.UnaryOperator<String> mend) {
    return new WireOps() {
      @Override
      public JsonObject answer(String operation, JsonObject in) {
        var payload = in.getString("payload");
        return super.answer(
            operation, payload == null ? in : in.copy().put("payload", mend.apply(payload)));
      }
    };
  }

  private static JsonObject endless() {
    while (true) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }
}
