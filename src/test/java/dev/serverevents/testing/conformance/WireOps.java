package dev.serverevents.testing.conformance;

import dev.serverevents.EmitOptions;
import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import dev.serverevents.Job;
import dev.serverevents.LimitsOptions;
import dev.serverevents.internal.ExactJson;
import dev.serverevents.internal.Sha256;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.MalformedPayloadException;
import dev.serverevents.internal.wire.Signal;
import dev.serverevents.internal.wire.Slots;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The operations of conformance.md that need no Redis, by our own code of the wire protocol. */
public class WireOps {

  private static final LimitsOptions LIMITS = new LimitsOptions();

  /** What the adapter answers: {@code out}, or {@code error}. */
  public JsonObject answer(String operation, JsonObject in) {
    try {
      return new JsonObject().put("out", out(operation, in));
    } catch (InvalidInputException | IllegalArgumentException invalid) {
      return error("invalid", invalid.getMessage());
    } catch (UnsupportedOperationException unsupported) {
      return error("unsupported", unsupported.getMessage());
    }
  }

  static JsonObject error(String error, String message) {
    return new JsonObject().put("error", error).put("message", message);
  }

  private JsonObject out(String operation, JsonObject in) {
    return switch (operation) {
      case "encode" -> published(channel(key(in)), payload(in, args(in)));
      case "decode" -> decode(bytes(in), in);
      case "failure" -> published(channel(key(in)), payload(in, failure(in)));
      case "progress" -> published(progressChannel(key(in)), payload(in, args(in)));
      case "reply" -> published(replyTo(in), payload(in, args(in)));
      case "retainedKey" -> new JsonObject().put("key", retainedKey(key(in)));
      case "idempotencyKey" ->
          new JsonObject()
              .put("key", idempotencyKey(key(in), in.getString("key")))
              .put("retainedKey", retainedKey(key(in)));
      case "fingerprint" ->
          new JsonObject().put("fingerprint", fingerprint(in.getString("payload"), in));
      case "slot" -> new JsonObject().put("slot", Slots.of(in.getString("channel")));
      case "channels" -> channels(in);
      case "claim" -> new JsonObject().put("payload", claim(in).encode().toString());
      case "alive" -> new JsonObject().put("payload", alive(in).encode().toString());
      case "told" -> told(bytes(in));
      case "job" -> job(in.getString("text"));
      default -> throw new UnsupportedOperationException(operation);
    };
  }

  EventKey key(JsonObject in) {
    return EventKey.of(in.getValue("name"), in.getValue("id"), LIMITS);
  }

  String channel(EventKey key) {
    return key.channel();
  }

  String progressChannel(EventKey key) {
    return WireNames.progress(key);
  }

  String retainedKey(EventKey key) {
    return WireNames.retainedKey(key);
  }

  String idempotencyKey(EventKey key, String idempotency) {
    if (idempotency == null) {
      throw new IllegalArgumentException("There is no key");
    }
    return WireNames.idempotencyKey(key, new EmitOptions(0, idempotency).idempotencyKey());
  }

  String fingerprint(String payload, JsonObject in) {
    var text = payload + in.getValue("retain");
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  String replyTo(JsonObject in) {
    key(in);
    return WireNames.checkInbox("replyTo", in.getValue("replyTo"));
  }

  EventArgs args(JsonObject in) {
    return ExactJson.args("args", Buffer.buffer(in.getString("args")));
  }

  Buffer payload(JsonObject in, Object args) {
    return WireFormat.encode(in.getValue("name"), in.getValue("id"), args);
  }

  Object failure(JsonObject in) {
    var detail = in.getString("detail");
    return WireFormat.failure(
        code(in),
        in.getString("message"),
        detail == null ? null : ExactJson.read(Buffer.buffer(detail)));
  }

  int code(JsonObject in) {
    if (in.getValue("code") instanceof Integer code) {
      return code;
    }
    throw new IllegalArgumentException("The code is no integer of 32 bits");
  }

  private static JsonObject published(String channel, Buffer payload) {
    return new JsonObject().put("channel", channel).put("payload", payload.toString());
  }

  private static Buffer bytes(JsonObject in) {
    return in.containsKey("payload64")
        ? Buffer.buffer(Base64.getDecoder().decode(in.getString("payload64")))
        : Buffer.buffer(in.getString("payload"));
  }

  private JsonObject decode(Buffer bytes, JsonObject in) {
    try {
      var payload = WireFormat.decode(bytes, LIMITS.getPayloadIn());
      if (!isOwn(payload.key(), in)) {
        return new JsonObject().put("kind", "other");
      }
      return event(payload);
    } catch (MalformedPayloadException malformed) {
      return new JsonObject().put("kind", "malformed");
    }
  }

  boolean isOwn(EventKey key, JsonObject in) {
    return key.equals(key(in));
  }

  JsonObject event(WireFormat.Payload payload) {
    var failure = payload.failure();
    if (failure == null) {
      return new JsonObject().put("kind", "event").put("args", payload.args().toString());
    }
    var out =
        new JsonObject()
            .put("kind", "failure")
            .put("code", failure.code())
            .put("message", failure.getMessage());
    return failure.detail() == null ? out : out.put("detail", Json.encode(failure.detail()));
  }

  JsonObject channels(JsonObject in) {
    var name = EventKey.of(in.getValue("name"), "1", LIMITS).name();
    return new JsonObject()
        .put("serves", WireNames.serves(name))
        .put("worker", WireNames.worker(in.getString("workerId")));
  }

  Signal claim(JsonObject in) {
    var key = key(in);
    return new Signal.Claim(
        key.name(), key.id(), in.getString("workerId"), in.getBoolean("givesBack"));
  }

  Signal alive(JsonObject in) {
    return new Signal.Alive(
        in.getString("workerId"), in.containsKey("name") ? Optional.of(key(in)) : Optional.empty());
  }

  private static JsonObject told(Buffer bytes) {
    try {
      var signal = Signal.of(WireFormat.decode(bytes, LIMITS.getPayloadIn())).orElse(null);
      if (signal instanceof Signal.Unwanted unwanted) {
        return new JsonObject()
            .put("kind", unwanted.isRevoked() ? "revoked" : "unwanted")
            .put("name", unwanted.name())
            .put("id", unwanted.id())
            .put("claimTo", unwanted.claimTo());
      }
      if (signal instanceof Signal.Reclaim reclaim) {
        return new JsonObject().put("kind", "reclaim").put("claimTo", reclaim.claimTo());
      }
      if (signal instanceof Signal.Alive alive) {
        return new JsonObject().put("kind", "alive").put("claimTo", alive.who());
      }
    } catch (MalformedPayloadException malformed) {
      // as what is no signal
    }
    return new JsonObject().put("kind", "malformed");
  }

  private static JsonObject job(String text) {
    var job = Job.from(text);
    var out = job.toJson();
    if (job.deadline() == 0) {
      out.remove("deadline");
    }
    return out.put("headers", new JsonObject(Json.encode(job.headers())))
        .put("data", Json.encode(job.data()));
  }
}
