package dev.serverevents.internal.wire;

import dev.serverevents.EventArgs;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What servers and workers tell each other about the jobs of watching waits. A signal has the form
 * of an event whose name begins with {@code $}.
 */
public sealed interface Signal {

  /** Says "I have the job", to the job's {@code claimTo}. */
  String CLAIM = "$claim";

  /** Says "I am here", either way. */
  String ALIVE = "$alive";

  /** Says "nobody here wants the result of the job any more", to the worker. */
  String UNWANTED = "$unwanted";

  /** Says "your claim of the job does not count any more", to the worker. */
  String REVOKED = "$revoked";

  /** Says "claim again what you have of my jobs", to the worker. */
  String RECLAIM = "$reclaim";

  /** The payload of the signal. */
  Buffer encode();

  /**
   * A worker has a job.
   *
   * @param givesBack whether the job goes to another worker when this one is gone
   * @param headers what refers to the trace of its work
   */
  record Claim(
      String name, String id, String workerId, boolean givesBack, Map<String, String> headers)
      implements Signal {

    private static final String GIVES_BACK = "givesBack";
    private static final String HEADERS = "headers";

    /** A claim without headers. */
    public Claim(String name, String id, String workerId, boolean givesBack) {
      this(name, id, workerId, givesBack, Map.of());
    }

    @Override
    public Buffer encode() {
      var more = new JsonObject();
      if (givesBack) {
        more.put(GIVES_BACK, true);
      }
      if (!headers.isEmpty()) {
        more.put(HEADERS, JsonObject.mapFrom(headers));
      }
      return more.isEmpty()
          ? WireFormat.encode(CLAIM, name, id, workerId)
          : WireFormat.encode(CLAIM, name, id, workerId, more);
    }

    private static Claim of(String name, EventArgs args) {
      var more =
          args.size() > 2 && args.get(2) instanceof JsonObject object ? object : new JsonObject();
      var headers = new LinkedHashMap<String, String>();
      if (more.getValue(HEADERS) instanceof JsonObject all) {
        all.forEach(
            header -> {
              if (header.getValue() instanceof String value) {
                headers.put(header.getKey(), value);
              }
            });
      }
      return new Claim(
          name,
          String.valueOf(args.get(0)),
          String.valueOf(args.get(1)),
          Boolean.TRUE.equals(more.getValue(GIVES_BACK)),
          headers);
    }
  }

  /**
   * Somebody is there: a worker, of which the id is told, or a server, of which the inbox is.
   *
   * @param job the name and the id of the job that has got on; empty if it is a heartbeat
   */
  record Alive(String who, Optional<EventKey> job) implements Signal {
    @Override
    public Buffer encode() {
      return job.isPresent()
          ? WireFormat.encode(ALIVE, who, job.get().name(), job.get().id())
          : WireFormat.encode(ALIVE, who);
    }
  }

  /**
   * The result of a job is not wanted any more by the server that has the inbox.
   *
   * @param isRevoked whether the worker must not answer, even if others wait for the event
   */
  record Unwanted(String name, String id, String claimTo, boolean isRevoked) implements Signal {
    @Override
    public Buffer encode() {
      return WireFormat.encode(isRevoked ? REVOKED : UNWANTED, name, id, claimTo);
    }
  }

  /** The server that has the inbox may have missed claims. */
  record Reclaim(String claimTo) implements Signal {
    @Override
    public Buffer encode() {
      return WireFormat.encode(RECLAIM, claimTo);
    }
  }

  /** Reads a signal; empty if the payload is none, or has too few parts. */
  static Optional<Signal> of(Payload payload) {
    var first = payload.key().id();
    var args = payload.args();
    return switch (payload.key().name()) {
      case CLAIM -> args.size() < 2 ? Optional.empty() : Optional.of(Claim.of(first, args));
      case ALIVE ->
          Optional.of(
              new Alive(
                  first,
                  args.size() < 2
                      ? Optional.empty()
                      : Optional.of(
                          new EventKey(String.valueOf(args.get(0)), String.valueOf(args.get(1))))));
      case UNWANTED, REVOKED ->
          args.size() < 2
              ? Optional.empty()
              : Optional.of(
                  new Unwanted(
                      first,
                      String.valueOf(args.get(0)),
                      String.valueOf(args.get(1)),
                      payload.key().name().equals(REVOKED)));
      case RECLAIM -> Optional.of(new Reclaim(first));
      default -> Optional.empty();
    };
  }
}
