package dev.serverevents.redis;

import io.vertx.redis.client.RedisOptions;

/** How a Redis client is made from a URL, here and in the demo. */
public final class ClientOptions {

  /** The name of the server's certificate must be that of its host, as for HTTPS (RFC 2818). */
  private static final String VERIFY_HOST_NAME = "HTTPS";

  private ClientOptions() {}

  /** Options for a URL; {@code rediss://} trusts what the JVM's trust store does. */
  public static RedisOptions of(String url) {
    var options = new RedisOptions().setConnectionString(url);
    options.getNetClientOptions().setHostnameVerificationAlgorithm(VERIFY_HOST_NAME);
    return options;
  }
}
