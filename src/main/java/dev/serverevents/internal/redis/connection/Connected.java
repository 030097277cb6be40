package dev.serverevents.internal.redis.connection;

import io.vertx.core.net.NetSocket;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;

/**
 * A connection that is up.
 *
 * @param url where it goes
 * @param client the client that made it, and closes it
 * @param connection the connection as the client has it
 * @param socket the connection's socket
 */
public record Connected(String url, Redis client, RedisConnection connection, NetSocket socket) {

  /**
   * Writes commands of Pub/Sub at once, past the client: that writes each by itself, and waits for
   * no answer to them either.
   */
  public void write(PubSubCommands commands) {
    socket.write(commands.toBuffer()).onFailure(cause -> socket.close());
  }
}
