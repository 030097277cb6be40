package dev.serverevents.internal.redis.connection;

import dev.serverevents.Cause;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.wire.Slots;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An error that Redis answered a command with. Its first word is its code (Redis serialization
 * protocol specification, "Simple errors"); a node of a cluster says with some codes where to go
 * (Redis cluster specification, "Redirection and resharding").
 */
public final class ErrorReply extends RefusalException {

  private static final long serialVersionUID = 1L;

  /** What is to be done about it. */
  public enum Kind {
    /** The slot is served by another node for good. */
    MOVED,
    /** The slot is on its way to another node, which has the key already or is to get it. */
    ASK,
    /** Redis cannot do it at present, and will be able to without anybody's doing. */
    PASSING,
    /** The server is a replica: another one is the master. */
    READ_ONLY,
    /** The Redis Function that was called is not loaded there. */
    NO_FUNCTION,
    /** Redis does not do it. */
    REFUSED
  }

  private static final Set<String> PASSING =
      Set.of("BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN");

  /** Redis has no code for this one; the client cuts "ERR " off at times. */
  private static final Pattern NO_FUNCTION = Pattern.compile("(ERR )?Function not found");

  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9]+");
  private static final Pattern ELSEWHERE =
      Pattern.compile("(MOVED|ASK) (\\d{1,5}) (.*):(\\d{1,5})");

  private final String code;
  private final Kind kind;

  /** The slot that a redirection is about, or -1. */
  private final int slot;

  /** Where a redirection leads; empty for the host of the node that answered. */
  private final String host;

  private final int port;

  private ErrorReply(String text, String code, Kind kind, int slot, String host, int port) {
    super(text);
    this.code = code;
    this.kind = kind;
    this.slot = slot;
    this.host = host;
    this.port = port;
  }

  /** Reads the text of an error. */
  public static ErrorReply of(String text) {
    var elsewhere = ELSEWHERE.matcher(text);
    if (elsewhere.matches() && Integer.parseInt(elsewhere.group(2)) < Slots.COUNT) {
      return new ErrorReply(
          text,
          elsewhere.group(1),
          Kind.valueOf(elsewhere.group(1)),
          Integer.parseInt(elsewhere.group(2)),
          elsewhere.group(3),
          Integer.parseInt(elsewhere.group(4)));
    }
    var first = text.split(" ", 2)[0];
    var code = CODE.matcher(first).matches() ? first : "ERR"; // the client cuts that off at times
    return new ErrorReply(text, code, kind(text, code), -1, "", 0);
  }

  private static Kind kind(String text, String code) {
    if (PASSING.contains(code)) {
      return Kind.PASSING;
    }
    if (code.equals("READONLY")) {
      return Kind.READ_ONLY;
    }
    return NO_FUNCTION.matcher(text).matches() ? Kind.NO_FUNCTION : Kind.REFUSED;
  }

  /** What Redis cannot do at present, it does not refuse for good. */
  @Override
  public Cause cause() {
    return kind == Kind.REFUSED || kind == Kind.NO_FUNCTION
        ? Cause.REDIS_REFUSED
        : Cause.REDIS_AWAY;
  }

  /** The first word of the error. */
  public String code() {
    return code;
  }

  /** What is to be done about it. */
  public Kind kind() {
    return kind;
  }

  /** The slot that a redirection is about, or -1. */
  public int slot() {
    return slot;
  }

  /** Where a redirection leads; empty for the host of the node that answered. */
  public String host() {
    return host;
  }

  /** The port there. */
  public int port() {
    return port;
  }
}
