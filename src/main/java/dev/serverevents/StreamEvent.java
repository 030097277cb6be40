package dev.serverevents;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a {@link EventStream} brings. */
public sealed interface StreamEvent {

  /** What it is called in JSON and in Server-Sent Events: {@code progress}, {@code result}, ... */
  String type();

  /** The same as JSON: its {@code type}, and what it carries. */
  JsonObject toJson();

  /** The arguments that it carries, or null if it is of a kind that has none. */
  default @Nullable EventArgs args() {
    return null;
  }

  /** The job has got on: what was passed to {@link ServerEvents#emitProgress}. */
  record Progress(EventArgs args) implements StreamEvent {
    @Override
    public String type() {
      return "progress";
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject().put("type", type()).put("args", args.toJsonArray());
    }
  }

  /** The event: what was passed to {@link ServerEvents#emit}. */
  record Result(EventArgs args) implements StreamEvent {
    @Override
    public String type() {
      return "result";
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject().put("type", type()).put("args", args.toJsonArray());
    }
  }

  /** The job failed: what was passed to {@link ServerEvents#emitFailure}. */
  record Failure(EventFailureException cause) implements StreamEvent {
    @Override
    public String type() {
      return "failure";
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject()
          .put("type", type())
          .put("code", cause.code())
          .put("message", cause.getMessage())
          .put("detail", cause.detail());
    }
  }

  /** Events are missing here. */
  record Gap(Reason reason) implements StreamEvent {

    /** Why. */
    public enum Reason {
      /** The connection to Redis broke and was made again; what was emitted in between is lost. */
      RECONNECTED,
      /** The reader was slow, and the oldest events that it had not taken were dropped. */
      SLOW_READER,
      /** The reader was away: what was emitted in between is lost, but for a retained result. */
      READER_AWAY
    }

    @Override
    public String type() {
      return "gap";
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject().put("type", type()).put("reason", reason.name());
    }
  }
}
