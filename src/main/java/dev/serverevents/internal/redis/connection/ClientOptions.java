package dev.serverevents.internal.redis.connection;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.internal.settings.RedisUrl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How Redis clients are made from our settings, here and in the demo. */
public final class ClientOptions {

  /** The name of the server's certificate must be that of its host, as for HTTPS (RFC 2818). */
  private static final String VERIFY_HOST_NAME = "HTTPS";

  private static final String VERIFY_NOTHING = "";

  private ClientOptions() {}

  /** Options for a client of a cluster, which finds the nodes by itself. */
  public static Future<RedisOptions> ofCluster(Vertx vertx, RedisServerOptions redis) {
    return options(vertx, redis, redis.getEndpoints())
        .map(options -> options.setType(RedisClientType.CLUSTER));
  }

  /** Options for a client of the server at {@code url}. */
  public static Future<RedisOptions> of(Vertx vertx, RedisServerOptions redis, String url) {
    return options(vertx, redis, List.of(url));
  }

  /** Options for a client of a Sentinel, whose user and password are those of its own URL. */
  public static Future<RedisOptions> ofSentinel(Vertx vertx, RedisServerOptions redis, String url) {
    return reachable(vertx, url)
        .map(reachable -> secure(new RedisOptions().setConnectionString(reachable), redis));
  }

  /** Where a URL lacks a user or a password, the client takes that of the options. */
  private static Future<RedisOptions> options(
      Vertx vertx, RedisServerOptions redis, List<String> urls) {
    return Future.all(urls.stream().map(url -> reachable(vertx, url)).toList())
        .compose(
            reachable ->
                password(vertx, redis)
                    .map(
                        password ->
                            new RedisOptions()
                                .setEndpoints(reachable.list())
                                .setUser(redis.getUser())
                                .setPassword(password)))
        .map(options -> secure(options, redis));
  }

  /**
   * Makes the URL that the client takes. For a host with an underscore, as Docker Compose makes
   * them, that has the address, since the client takes its URL for a {@link java.net.URI}.
   */
  private static Future<String> reachable(Vertx vertx, String url) {
    var parsed = RedisUrl.of(url);
    return parsed.hasUnderscore()
        ? vertx
            .executeBlocking(() -> InetAddress.getAllByName(parsed.host())[0].getHostAddress())
            .map(parsed::at)
        : Future.succeededFuture(parsed.at(parsed.host()));
  }

  private static Future<@Nullable String> password(Vertx vertx, RedisServerOptions redis) {
    var file = redis.getPasswordFile();
    return file == null
        ? Future.succeededFuture(redis.getPassword())
        : vertx.fileSystem().readFile(file).map(bytes -> bytes.toString().strip());
  }

  private static RedisOptions secure(RedisOptions options, RedisServerOptions redis) {
    var net = options.getNetClientOptions();
    net.setHostnameVerificationAlgorithm(redis.isVerifyHost() ? VERIFY_HOST_NAME : VERIFY_NOTHING);
    if (redis.getCaFile() != null) {
      net.setTrustOptions(new PemTrustOptions().addCertPath(redis.getCaFile()));
    }
    if (redis.getKeyFile() != null) {
      net.setKeyCertOptions(
          new PemKeyCertOptions()
              .setKeyPath(redis.getKeyFile())
              .setCertPath(redis.getCertificateFile()));
    }
    return options;
  }
}
