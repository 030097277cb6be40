package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.internal.Ending;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TcpProxy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Why something ended, as Java says it, and what became of it until then. */
@OnBothBackends
class CauseTest {

  private static final WaitOptions SHORT = WaitOptions.DEFAULT.timeout(500);

  private static void assertCause(Future<?> future, Cause cause) {
    assertThat(Cause.of(failure(future))).isEqualTo(cause);
  }

  /** What a stream ends with. */
  private static Future<Void> end(EventStream stream) {
    var end = Promise.<Void>promise();
    stream.exceptionHandler(end::fail).endHandler(end::complete).handler(event -> {});
    return end.future();
  }

  @Test
  void aWordIsMadeOfTheNameAndNoTwoAreTheSame() {
    assertThat(Cause.NO_EVENT.word()).isEqualTo("no-event");
    assertThat(Stream.of(Cause.values()).map(Cause::word))
        .doesNotHaveDuplicates()
        .allMatch(word -> word.matches("[a-z]+(-[a-z]+)*"));
  }

  @Test
  void whatKnowsNoCauseIsUnexpectedUnlessAnAddressHasRefusedAJob() {
    assertThat(Cause.of(null)).isEqualTo(Cause.RESULT);
    assertThat(Cause.of(new IllegalStateException())).isEqualTo(Cause.UNEXPECTED);
    assertThat(Cause.of(new ReplyException(ReplyFailure.TIMEOUT))).isEqualTo(Cause.NOT_HANDED_OVER);
    var reply = new EventReplyException(503, "no", Cause.DRAINING, Timeline.UNKNOWN);
    assertThat(Cause.of(reply)).isEqualTo(Cause.DRAINING);
  }

  @Test
  void whatTheCallerOrTheWorkerDidIsTold(Server server) {
    server.deploy();
    var events = server.events();
    assertCause(events.on("a", 1, SHORT), Cause.NO_EVENT);
    assertCause(end(events.stream("a", 1, StreamOptions.DEFAULT.timeout(500))), Cause.NO_EVENT);
    var failing = events.request("a", 1, () -> events.emitFailure("a", 1, 42, "no", null));
    assertCause(failing, Cause.FAILURE);
    assertCause(events.on("$a", 1), Cause.INVALID);
    assertCause(events.emit("$a", 1), Cause.INVALID);
    var cancelled = events.listen("a", 1);
    cancelled.cancel();
    assertCause(cancelled.future(), Cause.CANCELLED);
    var left = events.listen("a", 1);
    assertThatThrownBy(() -> left.cancel(Cause.LIMIT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("why is LIMIT: it must be CANCELLED or CLIENT_GONE");
    left.cancel(Cause.CLIENT_GONE);
    assertCause(left.future(), Cause.CLIENT_GONE);
    var key = EmitOptions.DEFAULT.idempotencyKey("cause");
    result(events.emit(key, "a", 1, "first"));
    assertCause(events.emit(key, "a", 1, "other"), Cause.CONFLICT);
  }

  @Test
  void aLimitIsTold(Server server) {
    var limits = new LimitsOptions().setPendingWaits(1);
    server.deploy(server.options().setLimits(limits));
    var events = server.events();
    var first = events.listen("full", 1);
    assertCause(events.on("full", 2), Cause.LIMIT);
    assertCause(end(events.stream("full", 2)), Cause.LIMIT);
    first.cancel();
  }

  @Test
  void thatNoVerticleServesIsTold(Server server) {
    var events = server.events();
    assertCause(events.on("a", 1), Cause.NOT_DEPLOYED);
    assertCause(events.emit("a", 1), Cause.NOT_DEPLOYED);
    server.deploy(server.options().setListen(false));
    assertCause(events.on("a", 1), Cause.NOT_DEPLOYED);
    var closed = ServerEvents.create(server.vertx());
    result(closed.close());
    assertCause(closed.on("a", 1), Cause.NOT_DEPLOYED);
  }

  @Test
  void thatTheVerticleIsUndeployedIsTold(Server server) {
    server.deploy(server.options().setDrainTimeout(100));
    var events = server.events();
    var pending = events.listen("drained", 1);
    result(pending.subscribed());
    var undeployed = server.vertx().undeploy(server.vertx().deploymentIDs().iterator().next());
    Await.until(() -> !events.isReady());
    assertCause(pending.future(), Cause.DRAINING);
    result(undeployed);
  }

  @Test
  void whatIsWrongWithTheConnectionIsTold(Server server) {
    try (var link = server.broker().link()) {
      server.deploy(link.lead(server.options()).setEmitTimeout(200));
      var events = server.events();
      var gap = events.listen("gap", 1, 2_000);
      var stream = events.stream("gap", 1, StreamOptions.DEFAULT.timeout(2_000));
      var end = end(stream);
      result(Future.all(gap.subscribed(), stream.subscribed()));
      link.cut();
      Await.until(() -> !events.isReady());
      assertCause(events.on("away", 1, SHORT), Cause.REDIS_AWAY);
      assertCause(events.emit("away", 1), Cause.REDIS_AWAY);
      link.mend();
      Await.until(events::isReady);
      assertCause(gap.future(), Cause.REDIS_GAP);
      assertCause(end, Cause.REDIS_GAP);
      server.undeploy();
    }
  }

  @Test
  @OnlyOnRedis("A connection swallows everything: in memory, it is there or broken.")
  void thatTheConnectionIsSilentIsTold(Server server) {
    try (var proxy = TcpProxy.before(server.redis())) {
      server.deploy(server.options().setConnectionString(proxy.url()));
      proxy.swallow();
      assertCause(server.events().on("silent", 1, SHORT), Cause.REDIS_AWAY);
      server.undeploy();
    }
  }

  @Test
  @OwnRedis
  void thatRedisRefusesIsTold(Server server) {
    server.deploy();
    var events = server.events();
    var wait = events.listen("probed", 1, 500);
    result(wait.subscribed());
    server.broker().refusePublish();
    assertCause(wait.future(), Cause.REDIS_REFUSED);
    assertCause(events.emit("refused", 1), Cause.REDIS_REFUSED);
    server.broker().refuseSubscribe();
    assertCause(events.on("refused", 1, SHORT), Cause.REDIS_REFUSED);
    server.undeploy();
  }

  @Test
  void aWaitKnowsWhenItWasHeardAndItsJobHandedOver(Server server) {
    server.deploy();
    var events = server.events();
    var answer = events.request("slow", 1, SHORT, () -> server.vertx().timer(20));
    var timeline = ((EventTimeoutException) failure(answer)).timeline();
    assertThat(timeline.subscribed()).isNotNegative();
    assertThat(timeline.handedOver()).isGreaterThanOrEqualTo(timeline.subscribed() + 20);
    assertThat(timeline.toJson().fieldNames()).containsExactly("subscribed", "handedOver");
    var direct = events.requestDirect("slow", 1, SHORT, replyTo -> Future.succeededFuture());
    timeline = ((EventTimeoutException) failure(direct)).timeline();
    assertThat(timeline.handedOver()).isGreaterThanOrEqualTo(timeline.subscribed());
  }

  @Test
  void aStreamKnowsWhenItWasHeardAndTheLastProgressCame(Server server) {
    server.deploy();
    var events = server.events();
    var stream = events.stream("slow", 1, StreamOptions.DEFAULT.timeout(1_000));
    var end = end(stream);
    result(stream.subscribed());
    result(events.emitProgress("slow", 1, 50));
    var timeline = ((EventTimeoutException) failure(end)).timeline();
    assertThat(timeline.subscribed()).isNotNegative();
    assertThat(timeline.progress()).isGreaterThanOrEqualTo(timeline.subscribed());
    assertThat(timeline.toJson().fieldNames()).containsExactly("subscribed", "progress");
  }

  @Test
  void whatNeverBeganHasNoTimeLine(Server server) {
    assertThat(((ServerEventsException) failure(server.events().on("a", 1))).timeline().toJson())
        .isEmpty();
  }

  @Test
  void aFailureOfManyHasTheTimeLineOfEach() {
    var first = new Timeline(1L, null, null, null, null, null);
    Stream.of(
            new EventFailureException("a", "1", 42, "no", "detail"),
            new EventTimeoutException("a", "1", 5),
            EventTimeoutException.neverClaimed("a", "1", 5),
            new NoWorkerException("a", "1"),
            new UnavailableException(Cause.DRAINING, "no", new IllegalStateException()),
            new WaitCancelledException(Cause.CLIENT_GONE, "gone"),
            WorkerLostException.gone("a", "1", "w"),
            WorkerLostException.stalled("a", "1", "w", 5))
        .forEach(
            told -> {
              assertThat(told.at(first).timeline()).isEqualTo(first);
              assertThat(told.timeline().isEmpty()).isTrue();
              assertThat(told.at(first)).hasSameClassAs(told).hasMessage(told.getMessage());
              assertThat(told.at(first).getCause()).isSameAs(told.getCause());
              assertThat(told.at(first).cause()).isEqualTo(told.cause());
              assertThat(told.at(first).status()).isEqualTo(told.status());
              assertThat(Ending.of(told.at(first)).members()).isEqualTo(Ending.of(told).members());
            });
  }
}
