package dev.serverevents.testkit;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VerticleFactory;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.file.FileResolver;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Vert.x of a test, with one event loop, so that it is known when nothing is left to do.
 *
 * <p>Thousands are made and closed one after another. What costs most of that is done once, or when
 * it is needed: the search of the class path for extensions of Vert.x, the folder of files from the
 * class path, and the thread of the event loop. Nothing looks for blocked threads, as a test that
 * stands at a breakpoint blocks one.
 */
final class TestVertx {

  private static final int POOL = 4;

  private static final List<ServiceLoader.Provider<VertxServiceProvider>> SERVICES =
      ServiceLoader.load(VertxServiceProvider.class).stream().toList();
  private static final List<ServiceLoader.Provider<VerticleFactory>> FACTORIES =
      ServiceLoader.load(VerticleFactory.class).stream().toList();

  private final OneLoop transport = new OneLoop();
  private final Vertx vertx =
      VertxBootstrap.create()
          .options(options())
          .transport(transport)
          .serviceProviders(instances(SERVICES))
          .verticleFactories(instances(FACTORIES))
          .fileResolver(new LazyFiles())
          .init()
          .vertx();

  Vertx vertx() {
    return vertx;
  }

  /** Lets another one have the event loop; this one is closed. */
  void giveBack() {
    requireNonNull(transport.loop).giveBack();
  }

  private static VertxOptions options() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(POOL)
        .setInternalBlockingPoolSize(POOL)
        .setPreferNativeTransport(false)
        .setBlockedThreadCheckInterval(1)
        .setBlockedThreadCheckIntervalUnit(TimeUnit.DAYS);
  }

  private static <T> List<T> instances(List<ServiceLoader.Provider<T>> providers) {
    return providers.stream().map(ServiceLoader.Provider::get).toList();
  }

  /** Has one event loop for all. */
  private static final class OneLoop extends NioTransport {

    private @Nullable TestLoop loop;

    @Override
    public EventLoopGroup eventLoopGroup(int type, int count, ThreadFactory threads, int ioRatio) {
      if (loop == null) {
        loop = TestLoop.take(threads, ioHandlerFactory());
      }
      return loop;
    }
  }

  /**
   * Finds files as Vert.x does, but has no folder for those of the class path until it is asked.
   */
  private static final class LazyFiles implements FileResolver {

    private @Nullable FileResolver files;

    @Override
    public synchronized File resolve(String name) {
      if (files == null) {
        files = FileResolver.fileResolver(new FileSystemOptions());
      }
      return files.resolve(name);
    }

    @Override
    public synchronized void close() throws IOException {
      if (files != null) {
        files.close();
      }
    }
  }
}
