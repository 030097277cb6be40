package dev.serverevents.internal.redis.publish;

import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The Redis Function that emits an event once, {@code emit-once.lua}. A right to call it ({@code
 * +fcall}) is no right to run scripts of one's own, as {@code +eval} is: only what an administrator
 * has loaded can be called, and it runs with the rights of the caller. Redis keeps it and passes it
 * on to replicas. Where it is missing it is loaded, which the user of the connection must be
 * allowed to do. Used on the verticle's context only.
 */
final class EmitFunction {

  private static final String NAME = "server_events_emit_once_1";
  private static final String LIBRARY = read("/dev/serverevents/redis/emit-once.lua");

  /** The connections on which it is being loaded. */
  private final Map<ReconnectingConnection, Future<Void>> loading = new HashMap<>();

  /** Calls it; its own text says what the arguments are. */
  static Request call(
      String outcomeKey,
      String retainedKey,
      Command publish,
      String channel,
      Buffer payload,
      long retain,
      String hash,
      long noted) {
    return Request.cmd(Command.FCALL)
        .arg(NAME)
        .arg(2)
        .arg(outcomeKey)
        .arg(retainedKey)
        .arg(publish.toString())
        .arg(channel)
        .arg(payload)
        .arg(retain)
        .arg(hash)
        .arg(noted);
  }

  /**
   * Loads it, once for all who ask until that is done.
   *
   * @return fails with {@link ErrorReply} if Redis refuses it, or as {@link
   *     ReconnectingConnection#send}
   */
  Future<Void> load(ReconnectingConnection connection) {
    var present = loading.get(connection);
    if (present != null) {
      return present;
    }
    // Nobody is disturbed if another server does the same: the name says which version it is
    Future<Response> answer =
        connection.send(Request.cmd(Command.FUNCTION).arg("LOAD").arg("REPLACE").arg(LIBRARY));
    var loaded = answer.<Void>mapEmpty();
    loading.put(connection, loaded);
    return loaded.onComplete(done -> loading.remove(connection));
  }

  private static String read(String path) {
    try (InputStream resource = EmitFunction.class.getResourceAsStream(path)) {
      return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
