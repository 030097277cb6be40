package dev.serverevents.app;

import dev.serverevents.metrics.MicrometerMetrics;
import io.vertx.core.Deployable;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Starts the runnable server: {@code java -jar server-events.jar [-conf conf/server.json]}. */
public final class Main {

  /** Logback's own setting; ours stands back, and is not where a library's user would get it. */
  private static final String LOGBACK = "logback.configurationFile";

  private Main() {}

  /** Takes the options of Vert.x's application launcher. */
  public static void main(String[] args) {
    if (System.getProperty(LOGBACK) == null) {
      System.setProperty(LOGBACK, "dev/serverevents/app/logback.xml");
    }
    new VertxApplication(args, new Hooks()).launch();
  }

  private static final class Hooks implements VertxApplicationHooks {

    private final ServerVerticle server = new ServerVerticle();

    /** Vert.x's own metrics, and ours beside them, for {@code /metrics}. */
    @Override
    public void beforeStartingVertx(HookContext context) {
      context
          .vertxOptions()
          .setMetricsOptions(
              new MicrometerMetricsOptions()
                  .setEnabled(true)
                  .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true)));
    }

    @Override
    public void afterVertxStarted(HookContext context) {
      MicrometerMetrics.bind(context.vertx(), BackendRegistries.getDefaultNow());
    }

    @Override
    public Supplier<? extends Deployable> verticleSupplier() {
      return () -> server;
    }

    /** Called on SIGTERM, on a thread of its own, before Vert.x closes all at once. */
    @Override
    public void beforeStoppingVertx(HookContext context) {
      server.drain(context.vertx()).await();
    }

    @Override
    public void afterFailureToDeployVerticle(HookContext context, Throwable cause) {
      LoggerFactory.getLogger(Main.class).error("Cannot start: {}", cause.getMessage());
    }
  }
}
