package dev.serverevents.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/** Stands between a server and its Redis, and does to their connections what networks do. */
public final class TcpProxy implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private final NetServer server;
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean refusing;
  private volatile UnaryOperator<Buffer> answers = answer -> answer;
  private volatile IntSupplier delayMs = () -> 0;

  /** Held here, for Vert.x closes the connections of a client that is garbage-collected. */
  private final NetClient upstreams = vertx.createNetClient();

  private TcpProxy(int target, NetServerOptions options) {
    this.target = target;
    server =
        Await.result(
            vertx.createNetServer(options).connectHandler(this::accept).listen(0, "127.0.0.1"));
  }

  /** Starts one before a Redis. */
  public static TcpProxy before(TestRedis redis) {
    return new TcpProxy(redis.port(), new NetServerOptions());
  }

  /** Starts one before a Redis, which holds everything back for up to so many ms, at random. */
  static TcpProxy jittering(TestRedis redis, int ms) {
    var proxy = before(redis);
    proxy.delay(() -> ThreadLocalRandom.current().nextInt(ms + 1));
    return proxy;
  }

  /** Starts one that speaks TLS before a Redis that does not. */
  public static TcpProxy withTls(TestRedis redis, KeyCertOptions certificate) {
    return new TcpProxy(
        redis.port(), new NetServerOptions().setSsl(true).setKeyCertOptions(certificate));
  }

  /** The same, for clients that have a certificate which is trusted. */
  public static TcpProxy withTlsOnBothSides(TestRedis redis, TestCertificate certificate) {
    return new TcpProxy(
        redis.port(),
        new NetServerOptions()
            .setSsl(true)
            .setKeyCertOptions(certificate.key())
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(certificate.trust()));
  }

  /** The port at which a Redis cluster's node takes the connections of other nodes. */
  public static TcpProxy beforePort(int port) {
    return new TcpProxy(port, new NetServerOptions());
  }

  public int port() {
    return server.actualPort();
  }

  /** New connections lead to another Redis; those that are there stay. */
  public void leadTo(TestRedis other) {
    target = other.port();
  }

  /** From now on, changes what Redis sends. */
  public void rewriteAnswers(UnaryOperator<Buffer> rewrite) {
    answers = rewrite;
  }

  /** From now on, holds everything back for so many ms, in its order. */
  public void delay(IntSupplier ms) {
    delayMs = ms;
  }

  public String url() {
    return "redis://127.0.0.1:" + port();
  }

  /** Closes all connections, and all that come until {@link #mend()}. */
  public void cut() {
    refusing = true;
    pairs.forEach(Pair::close);
  }

  /** How many connections are open. */
  public int open() {
    return pairs.size();
  }

  /** How many connections there have been so far. */
  public int connections() {
    return accepted.get();
  }

  /** Closes the first connections, so many, and all that come until {@link #mend()}. */
  public void cutFirst(int connections) {
    refusing = true;
    pairs.stream().filter(pair -> pair.number <= connections).forEach(Pair::close);
  }

  /** From now on, what is sent on the present connections disappears, and they stay open. */
  public void swallow() {
    pairs.forEach(pair -> pair.swallowing = true);
  }

  /** The same, but only with what Redis sends. */
  public void swallowAnswers() {
    pairs.forEach(pair -> pair.swallowingAnswers = true);
  }

  /** Lets new connections through. */
  public void mend() {
    refusing = false;
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }

  private void accept(NetSocket client) {
    if (refusing) {
      client.close();
      return;
    }
    client.pause();
    upstreams
        .connect(target, "127.0.0.1")
        .onSuccess(upstream -> new Pair(client, upstream).join())
        .onFailure(refused -> client.close());
  }

  private final class Pair {
    final int number = accepted.incrementAndGet();
    final NetSocket client;
    final NetSocket upstream;
    volatile boolean swallowing;
    volatile boolean swallowingAnswers;
    final Queue<Runnable> toClient = new ConcurrentLinkedQueue<>();
    final Queue<Runnable> toUpstream = new ConcurrentLinkedQueue<>();

    Pair(NetSocket client, NetSocket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    void join() {
      pairs.add(this);
      pass(client, upstream);
      pass(upstream, client);
      client.resume();
      if (refusing) {
        close();
      }
    }

    void pass(NetSocket from, NetSocket to) {
      from.handler(
          bytes -> {
            if (!swallowing && !(swallowingAnswers && from == upstream)) {
              var passed = from == upstream ? answers.apply(bytes) : bytes;
              pass(() -> to.write(passed), to);
            }
          });
      from.closeHandler(
          closed -> {
            pairs.remove(this);
            pass(to::close, to);
          });
    }

    /** What is behind something that is held back is held back with it, the end as well. */
    void pass(Runnable what, NetSocket to) {
      var held = to == client ? toClient : toUpstream;
      var ms = delayMs.getAsInt();
      if (ms == 0 && held.isEmpty()) {
        what.run();
        return;
      }
      held.add(what);
      vertx.setTimer(
          Math.max(1, ms),
          timer -> {
            for (var next = held.poll(); next != null; next = next == what ? null : held.poll()) {
              next.run();
            }
          });
    }

    void close() {
      client.close();
      upstream.close();
    }
  }
}
