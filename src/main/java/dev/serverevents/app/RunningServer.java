package dev.serverevents.app;

import dev.serverevents.metrics.MicrometerMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.backends.BackendRegistries;

/** The Vert.x of the runnable server, and its end when the process is asked to end. */
final class RunningServer {

  private RunningServer() {}

  /**
   * Starts it, and returns when it serves; it then runs until a signal ends the process. It throws
   * why it could not start; the process should then end, and with it all that was started.
   */
  static void start(Configuration configuration) {
    var options =
        new VertxOptions()
            .setEventLoopPoolSize(ServerVerticle.EVENT_LOOPS)
            .setMetricsOptions(VertxMeters.options())
            // All its files are on disk, and a cache for others would need a folder to write to
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false));
    var vertx = Vertx.builder().with(options).withMetrics(new MicrometerMetricsFactory()).build();
    MicrometerMetrics.bind(vertx, BackendRegistries.getDefaultNow());
    var server = new ServerVerticle(configuration);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(vertx, server), "server-shutdown"));
    LogSettings.withoutAttempts(() -> vertx.deployVerticle(server).await());
  }

  /** One after the other, for what waits on a context would not hear of its end. */
  private static void end(Vertx vertx, ServerVerticle server) {
    server.drain(vertx).otherwiseEmpty().await();
    vertx.close().await();
    LogSettings.end();
  }
}
