package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What becomes of waits and emits when the verticle is undeployed. */
@OnBothBackends
class DrainTest {

  private static final long LONG = 60_000;

  private static Future<Void> undeploy(Server server) {
    var vertx = server.vertx();
    return vertx.undeploy(vertx.deploymentIDs().iterator().next());
  }

  @Test
  void pendingWaitsAreGivenTimeAndNewOnesAreRefused(Server server, Server worker) {
    server.deploy(server.options().setDrainTimeout(LONG));
    worker.deploy();
    var events = server.events();
    var pending = events.listen("drained", 1);
    result(pending.subscribed());
    var undeployed = undeploy(server);
    Await.until(() -> !events.isReady());
    assertThat(failure(events.on("drained", 2)))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("The ServerEventsVerticle is being undeployed");
    assertThat(undeployed.isComplete()).isFalse();
    assertThat(result(events.emit("of a last job", 1))).isZero();
    result(worker.events().emit("drained", 1, "in time"));
    assertThat(result(pending.future()).get(0)).isEqualTo("in time");
    result(undeployed);
  }

  @Test
  void waitsThatDoNotEndInTimeFail(Server server) {
    server.deploy(server.options().setDrainTimeout(100));
    var events = server.events();
    var pending = events.listen("drained", 1, LONG);
    result(pending.subscribed());
    result(undeploy(server));
    assertThat(failure(pending.future()))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("The ServerEventsVerticle was undeployed");
  }

  @Test
  void queuedEmitsAreSentFirst(Server server) {
    try (var link = server.broker().link()) {
      var options = link.lead(server.options()).setDrainTimeout(LONG);
      server.deploy(options.setEmitTimeout(LONG).setLimits(new LimitsOptions().setEmitQueue(1)));
      var events = server.events();
      link.cut();
      Await.until(() -> !events.isReady());
      var emit = events.emit("queued", 1);
      assertThat(failure(events.emit("queued", 2))).hasMessageContaining("are queued already");
      var undeployed = undeploy(server);
      link.mend();
      assertThat(result(emit)).isZero();
      result(undeployed);
    }
  }

  @Test
  void otherInstancesTakeTheNewWaits(Server server) {
    server.deploy(server.options().setDrainTimeout(LONG));
    server.deploy(server.options().setDrainTimeout(LONG));
    var events = server.events();
    var waits = Server.listen(events, "before", 10, WaitOptions.DEFAULT);
    var undeployed = undeploy(server);
    Await.until(() -> !events.isReady());
    for (var i = 0; i < 10; i++) {
      var id = i;
      result(events.request("after", i, () -> events.emit("after", id)));
      result(events.emit("before", i));
      result(waits.get(i).future());
    }
    result(undeployed);
    assertThat(events.isReady()).isTrue();
  }

  @Test
  void whatIsOnItsWayWhenTheVerticleIsUndeployedEndsAsWell(Server server) {
    var verticle = server.deploy(server.options().setDrainTimeout(LONG));
    var events = server.eventsBeside(verticle);
    var ended = Promise.<Void>promise();
    var waits = new ArrayList<Future<EventArgs>>();
    var held = verticle.holdWhenUndeployed();
    var undeployed = undeploy(server);
    Await.until(() -> held.begun().getCount() == 0);
    waits.add(events.on("on its way", 1, LONG));
    waits.add(events.on("on its way", 2, WaitOptions.DEFAULT.timeout(LONG).retained(true)));
    waits.add(events.request("on its way", 3, LONG, () -> Future.succeededFuture()));
    waits.add(events.requestDirect("on its way", 4, LONG, replyTo -> Future.succeededFuture()));
    events.stream("on its way", 5, StreamOptions.DEFAULT.follow(true))
        .exceptionHandler(ended::fail)
        .handler(event -> {});
    var last = events.listen("on its way", 6, LONG);
    last.cancel();
    failure(last.future()); // so that the verticle has been asked for all of them
    held.release().countDown();
    waits.forEach(wait -> assertThat(failure(wait)).isInstanceOf(UnavailableException.class));
    assertThat(failure(ended.future())).isInstanceOf(UnavailableException.class);
    result(undeployed);
  }
}
