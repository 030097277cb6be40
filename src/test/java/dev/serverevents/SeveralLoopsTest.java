package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Promise;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where each event loop has a verticle of its own, no wait or stream leaves its event loop. */
@OnBothBackends
class SeveralLoopsTest {

  private static final int LOOPS = VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE;
  private static final int KEYS = 20;

  private static ContextInternal newContext(Server server) {
    return ((VertxInternal) server.vertx()).createEventLoopContext();
  }

  /** The verticles on the loop of a context, or on all others. */
  private static List<Deployment> verticles(Server server, ContextInternal context, boolean own) {
    return new Deployments(server.vertx())
        .all().stream()
            .filter(each -> own == (each.commands().loop() == context.nettyEventLoop()))
            .toList();
  }

  private static int pending(List<Deployment> verticles) {
    return verticles.stream().mapToInt(each -> each.pending().count()).sum();
  }

  @Test
  void waitsAndStreamsAreServedOnTheirOwnLoop(Server server) {
    for (var i = 0; i < LOOPS; i++) {
      server.deploy();
    }
    for (var i = 0; i < LOOPS; i++) {
      var context = newContext(server);
      assertThat(verticles(server, context, true)).hasSize(1);
      var events = server.eventsOn(context);
      var waits = Server.listen(events, "exact", KEYS, WaitOptions.DEFAULT);
      var replies = new ArrayList<Promise<String>>();
      var answers = new ArrayList<EventWait>();
      for (var id = 0; id < KEYS; id++) {
        Promise<String> replyTo = Promise.promise();
        replies.add(replyTo);
        answers.add(
            events.listen(
                "direct",
                id,
                WaitOptions.DEFAULT.direct(true),
                job -> {
                  replyTo.complete(job.replyTo());
                  return replyTo.future();
                }));
      }
      replies.forEach(replyTo -> result(replyTo.future()));
      var stream = events.stream("stream", 1, StreamOptions.DEFAULT);
      result(stream.subscribed());
      assertThat(pending(verticles(server, context, true))).isEqualTo(2 * KEYS + 1);
      assertThat(pending(verticles(server, context, false))).isZero();
      for (var id = 0; id < KEYS; id++) {
        result(events.emit("exact", id, id));
        result(events.reply(result(replies.get(id).future()), "direct", id, id));
        assertThat(result(waits.get(id).future()).get(0)).isEqualTo(id);
        assertThat(result(answers.get(id).future()).get(0)).isEqualTo(id);
      }
      stream.close();
      Await.until(() -> pending(verticles(server, context, true)) == 0);
    }
  }

  @Test
  void oneWithoutAVerticleOnItsLoopSharesThoseOfOthers(Server server) {
    server.deploy();
    server.deploy();
    var context = newContext(server);
    while (!verticles(server, context, true).isEmpty()) {
      context = newContext(server);
    }
    var events = server.eventsOn(context);
    var waits = Server.listen(events, "elsewhere", KEYS, WaitOptions.DEFAULT);
    assertThat(verticles(server, context, false))
        .hasSize(2)
        .allSatisfy(each -> assertThat(each.pending().count()).isPositive());
    for (var id = 0; id < KEYS; id++) {
      result(events.emit("elsewhere", id, id));
      assertThat(result(waits.get(id).future()).get(0)).isEqualTo(id);
    }
  }

  @Test
  void oneWhoseVerticleIsUndeployedIsServedByTheOthers(Server server) {
    server.deploy();
    var undeployed = server.verticle(server.options());
    var id = result(server.vertx().deployVerticle(undeployed));
    var events = server.eventsOn(undeployed);
    var before = events.listen("before", 1);
    result(before.subscribed());
    result(events.emit("before", 1));
    result(before.future());
    result(server.vertx().undeploy(id));
    var after = events.listen("after", 1);
    result(after.subscribed());
    result(events.emit("after", 1));
    result(after.future());
  }
}
