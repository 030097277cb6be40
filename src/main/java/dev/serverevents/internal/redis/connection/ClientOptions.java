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

/** How the Redis clients for connections of one role are made from the settings. */
public final class ClientOptions {

  /** The name of the server's certificate must be that of its host, as for HTTPS (RFC 2818). */
  private static final String VERIFY_HOST_NAME = "HTTPS";

  private static final String VERIFY_NOTHING = "";

  private final Vertx vertx;
  private final RedisServerOptions redis;
  private final String name;

  /** Those of a verticle's connections that have a role. */
  public ClientOptions(Resources resources, ConnectionRole role) {
    vertx = resources.vertx();
    redis = resources.redis();
    name = role.clientName(resources.serverId());
  }

  /** The name that the connections give themselves, by which {@code CLIENT LIST} has them. */
  public String clientName() {
    return name;
  }

  /** Options for a client of a cluster, which finds the nodes by itself. */
  public Future<RedisOptions> ofCluster() {
    return options(redis.getEndpoints()).map(options -> options.setType(RedisClientType.CLUSTER));
  }

  /** Options for a client of the server at {@code url}. */
  public Future<RedisOptions> of(String url) {
    return options(List.of(url));
  }

  /** Options for a client of a Sentinel, whose user and password are those of its own URL. */
  public Future<RedisOptions> ofSentinel(String url) {
    return reachable(url)
        .map(reachable -> secure(new RedisOptions().setConnectionString(reachable)));
  }

  /** Where a URL lacks a user or a password, the client takes that of the options. */
  private Future<RedisOptions> options(List<String> urls) {
    return Future.all(urls.stream().map(this::reachable).toList())
        .compose(
            reachable ->
                password()
                    .map(
                        password ->
                            new RedisOptions()
                                .setEndpoints(reachable.list())
                                .setUser(redis.getUser())
                                .setPassword(password)))
        .map(this::secure);
  }

  /**
   * Makes the URL that the client takes, with the name in it. For a host with an underscore, as
   * Docker Compose makes them, that has the address, since the client takes its URL for a {@link
   * java.net.URI}.
   */
  private Future<String> reachable(String url) {
    var parsed = RedisUrl.of(url).named(name);
    return parsed.hasUnderscore()
        ? vertx
            .executeBlocking(() -> InetAddress.getAllByName(parsed.host())[0].getHostAddress())
            .map(parsed::at)
        : Future.succeededFuture(parsed.at(parsed.host()));
  }

  private Future<@Nullable String> password() {
    var file = redis.getPasswordFile();
    return file == null
        ? Future.succeededFuture(redis.getPassword())
        : vertx.fileSystem().readFile(file).map(bytes -> bytes.toString().strip());
  }

  private RedisOptions secure(RedisOptions options) {
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
