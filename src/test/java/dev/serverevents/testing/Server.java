package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.serverevents.EventWait;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.WaitOptions;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * One server of a test: a Vert.x of its own, with the blocked-thread checker on, and what the test
 * deploys on it. Its end checks that nothing is left behind.
 */
public final class Server {

  /** Vert.x's own default. */
  private static final long BLOCKED_MS = 2_000;

  private final TestBroker broker;
  private final Vertx vertx;
  private final ListAppender<ILoggingEvent> blocked = new ListAppender<>();
  private final ListAppender<ILoggingEvent> thrown = new ListAppender<>();
  private final List<ServerEvents> events = new ArrayList<>();

  Server(TestBroker broker) {
    this(broker, BLOCKED_MS);
  }

  Server(TestBroker broker, long blockedMs) {
    this.broker = broker;
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setBlockedThreadCheckInterval(blockedMs / 5)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(blockedMs)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setWarningExceptionTime(blockedMs)
                .setWarningExceptionTimeUnit(TimeUnit.MILLISECONDS));
    blocked.start();
    blockedThreadLogger().addAppender(blocked);
    thrown.start();
    contextLogger().addAppender(thrown);
  }

  /** Loads, before anything is measured, the classes that would hold an event loop at first use. */
  static void warmUp(TestBroker broker) {
    var server = new Server(broker);
    server.deploy();
    var wait = server.events().listen("warm-up", 1);
    Await.result(wait.subscribed());
    Await.result(server.events().emit("warm-up", 1));
    Await.result(wait.future());
    var none = server.events().on("warm-up", 1, WaitOptions.DEFAULT.retained(true).timeout(1));
    Await.until(none::failed);
    blockedThreadLogger().detachAppender(server.blocked);
    contextLogger().detachAppender(server.thrown);
    Await.result(server.vertx.close());
  }

  public Vertx vertx() {
    return vertx;
  }

  /** What is behind its verticles. */
  public TestBroker broker() {
    return broker;
  }

  /** The same, for a test that is {@link OnlyOnRedis}. */
  public TestRedis redis() {
    return ((RedisTestBroker) broker).redis();
  }

  /** Forgets what has held an event loop so far, for example while a test prepared. */
  public void watchFromNowOn() {
    System.gc();
    blocked.list.clear();
  }

  /** Settings for what is behind it, without draining at undeployment. */
  public ServerEventsOptions options() {
    return broker.options().setDrainTimeout(0);
  }

  /** A verticle that is not deployed yet. */
  public TestVerticle verticle(ServerEventsOptions options) {
    return broker.verticle(options);
  }

  /** Deploys a verticle with the settings of {@link #options()}. */
  public TestVerticle deploy() {
    return deploy(options());
  }

  public TestVerticle deploy(ServerEventsOptions options) {
    var verticle = verticle(options);
    Await.result(vertx.deployVerticle(verticle));
    return verticle;
  }

  /** Makes waits for the ids from 0, and returns when all are subscribed. */
  public static List<EventWait> listen(
      ServerEvents events, String name, int count, WaitOptions options) {
    var waits = new ArrayList<EventWait>();
    for (var id = 0; id < count; id++) {
      waits.add(events.listen(name, id, options));
      if (id % 1_000 == 999) {
        Await.result(waits.get(id).subscribed());
      }
    }
    waits.forEach(wait -> Await.result(wait.subscribed()));
    return waits;
  }

  /** Creates a ServerEvents outside of any verticle. */
  public ServerEvents events() {
    var created = ServerEvents.create(vertx);
    events.add(created);
    return created;
  }

  /** Creates a ServerEvents on another event loop than that of a verticle. */
  public ServerEvents eventsBeside(TestVerticle verticle) {
    return eventsOn(context(loop -> !verticle.sharesLoop(loop)));
  }

  /** Creates a ServerEvents on the event loop of a verticle. */
  public ServerEvents eventsOn(TestVerticle verticle) {
    return eventsOn(context(verticle::sharesLoop));
  }

  private ContextInternal context(Predicate<ContextInternal> wanted) {
    return Stream.generate(((VertxInternal) vertx)::createEventLoopContext)
        .filter(wanted)
        .findFirst()
        .orElseThrow();
  }

  /** Creates a ServerEvents on a context. */
  public ServerEvents eventsOn(ContextInternal context) {
    Promise<ServerEvents> created = Promise.promise();
    context.runOnContext(turn -> created.complete(events()));
    return Await.result(created.future());
  }

  /**
   * Holds all event loops, so that nothing is read and no timer fires, does something, and lets
   * them go.
   */
  public void holdEventLoops(Runnable meanwhile) {
    var loops = new ArrayList<EventExecutor>();
    ((VertxInternal) vertx).nettyEventLoopGroup().forEach(loops::add);
    var held = new CountDownLatch(loops.size());
    var release = new CountDownLatch(1);
    for (var loop : loops) {
      loop.execute(
          () -> {
            held.countDown();
            await(release);
          });
    }
    await(held);
    try {
      meanwhile.run();
    } finally {
      release.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Undeploys all. */
  public void undeploy() {
    while (!vertx.deploymentIDs().isEmpty()) { // a verticle takes those that it deployed with it
      Await.result(vertx.undeploy(vertx.deploymentIDs().iterator().next()));
    }
  }

  void end() {
    try {
      if (!vertx.deploymentIDs().isEmpty()) {
        Await.untilAsserted(
            () -> assertThat(broker.channels()).as("subscribed after the test").isEmpty());
      }
      undeploy();
      events.forEach(created -> Await.result(created.close()));
      Await.untilAsserted(() -> assertThat(timers()).as("timers after the test").isEmpty());
    } finally {
      Await.result(vertx.close());
      blockedThreadLogger().detachAppender(blocked);
      contextLogger().detachAppender(thrown);
    }
    assertThat(thrown.list).as("exceptions thrown by handlers").isEmpty();
    assertThat(blocked.list).as("warnings of blocked threads").isEmpty();
  }

  private static Logger blockedThreadLogger() {
    return (Logger) LoggerFactory.getLogger("io.vertx.core.impl.BlockedThreadChecker");
  }

  /** What Vert.x logs when a handler throws. */
  private static Logger contextLogger() {
    return (Logger) LoggerFactory.getLogger("io.vertx.core.impl.ContextImpl");
  }

  private Map<?, ?> timers() throws ReflectiveOperationException {
    var timeouts = Class.forName("io.vertx.core.impl.VertxImpl").getDeclaredField("timeouts");
    timeouts.setAccessible(true);
    return (Map<?, ?>) timeouts.get(vertx);
  }
}
