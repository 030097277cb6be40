package dev.serverevents.testing;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/** A verticle that serves events, whatever is behind it. */
public final class TestVerticle implements Deployable {

  private final Deployable verticle;
  private final LongSupplier droppedPayloads;
  private Context context;
  private volatile Held held;

  /** Wraps one that counts what it drops. */
  public TestVerticle(Deployable verticle, LongSupplier droppedPayloads) {
    this.verticle = verticle;
    this.droppedPayloads = droppedPayloads;
  }

  @Override
  public Future<?> deploy(Context deployedOn) throws Exception {
    context = deployedOn;
    return verticle.deploy(deployedOn);
  }

  @Override
  public Future<?> undeploy(Context deployedOn) throws Exception {
    if (held != null) {
      held.hold();
    }
    return verticle.undeploy(deployedOn);
  }

  /** What it is called. */
  public String kind() {
    return verticle.getClass().getSimpleName();
  }

  /** How many messages were dropped because they are not events of the wire protocol. */
  public long droppedPayloads() {
    return droppedPayloads.getAsLong();
  }

  /** Whether a context has the same event loop. */
  boolean sharesLoop(ContextInternal other) {
    return other.nettyEventLoop() == ((ContextInternal) context).nettyEventLoop();
  }

  /**
   * Has its event loop held when it is undeployed, before it does anything about that.
   *
   * @return what it waits for, and what ends that
   */
  public Held holdWhenUndeployed() {
    held = new Held(new CountDownLatch(1), new CountDownLatch(1));
    return held;
  }

  /**
   * An event loop that is to be held.
   *
   * @param begun counted down when it is
   * @param release ends it when it is counted down
   */
  public record Held(CountDownLatch begun, CountDownLatch release) {

    private void hold() {
      begun.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
