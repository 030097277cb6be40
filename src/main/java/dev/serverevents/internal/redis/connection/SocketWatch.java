package dev.serverevents.internal.redis.connection;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.metrics.Metrics;
import java.time.Duration;
import java.util.function.Consumer;

/** A Vert.x that shows the sockets of what is made with it, such as those of a Redis client. */
final class SocketWatch extends VertxWrapper {

  private final Consumer<NetSocket> connected;

  /**
   * All else is that of another Vert.x.
   *
   * @param connected gets each socket before who has asked for it
   */
  SocketWatch(Vertx vertx, Consumer<NetSocket> connected) {
    super((VertxInternal) vertx);
    this.connected = connected;
  }

  @Override
  public NetClient createNetClient(NetClientOptions options) {
    return new Client((NetClientInternal) super.createNetClient(options), connected);
  }

  private record Client(NetClientInternal client, Consumer<NetSocket> connected)
      implements NetClientInternal {

    @Override
    public void connectInternal(
        ConnectOptions options, Promise<NetSocket> socket, ContextInternal context) {
      var promise = context.<NetSocket>promise();
      promise.future().onSuccess(connected::accept).onComplete(socket);
      client.connectInternal(options, promise, context);
    }

    @Override
    public Future<NetSocket> connect(ConnectOptions options) {
      return client.connect(options).onSuccess(connected::accept);
    }

    @Override
    public Future<NetSocket> connect(int port, String host) {
      return client.connect(port, host).onSuccess(connected::accept);
    }

    @Override
    public Future<NetSocket> connect(int port, String host, String serverName) {
      return client.connect(port, host, serverName).onSuccess(connected::accept);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress address) {
      return client.connect(address).onSuccess(connected::accept);
    }

    @Override
    public Future<NetSocket> connect(SocketAddress address, String serverName) {
      return client.connect(address, serverName).onSuccess(connected::accept);
    }

    @Override
    public Future<Void> shutdown(Duration timeout) {
      return client.shutdown(timeout);
    }

    @Override
    public Future<Void> closeFuture() {
      return client.closeFuture();
    }

    @Override
    public Future<Boolean> updateSSLOptions(ClientSSLOptions options, boolean force) {
      return client.updateSSLOptions(options, force);
    }

    @Override
    public boolean isMetricsEnabled() {
      return client.isMetricsEnabled();
    }

    @Override
    public Metrics getMetrics() {
      return client.getMetrics();
    }
  }
}
