package dev.serverevents.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.IdempotencyException;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.Kept;
import dev.serverevents.testing.Await;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a verticle may rely on, whichever broker it has. */
abstract class BrokerContract extends Brokers {

  @Test
  void whenItIsOpenAllIsUp() {
    var broker = open();

    assertThat(broker.get(broker.broker()::isPublishing)).isTrue();
    assertThat(broker.get(broker.broker()::isListening)).isTrue();
    assertThat(broker.get(broker.broker()::refusal)).isNull();
    assertThat(broker.heeded().all).containsExactly("up INPUT_STORE", "up OUTPUT_STORE all");
    assertThat(broker.broker().lastHeartbeats()).hasSize(1);
  }

  @Test
  void oneThatOnlyEmitsNeedsNoConnectionThatSubscribes() {
    var broker = open(new ServerEventsOptions().setListen(false));

    assertThat(broker.get(broker.broker()::isListening)).isTrue();
    assertThat(broker.heeded().all).containsExactly("up INPUT_STORE all");
    assertThat(broker.emit(1)).isZero();
  }

  @Test
  void itCannotBeOpenedWhileRedisIsAway() {
    down();
    var broker = create(new ServerEventsOptions());

    var failure = Await.failure(broker.on(broker.broker()::open));

    assertThat(Cause.of(failure)).isEqualTo(Cause.REDIS_AWAY);
    assertThat(broker.heeded().all).containsExactly("failed INPUT_STORE");
  }

  @Test
  void aMessageComesToAllThatSubscribeItsChannelAndNoOther() {
    var one = open();
    var other = open();
    one.hear(CHANNEL);
    one.hear("order:8");
    other.hear(CHANNEL);

    assertThat(one.emit("x")).isEqualTo(2);

    Await.until(() -> one.heeded().all.contains(heard("x")));
    Await.until(() -> other.heeded().all.contains(heard("x")));
    assertThat(one.heeded().of("order:8 ")).isEmpty();
  }

  @Test
  void messagesComeInTheirOrderBehindTheConfirmation() {
    var broker = open();
    broker.hear(CHANNEL);
    var emits = IntStream.range(0, 1_000).mapToObj(i -> broker.emit(i, EmitOptions.DEFAULT));
    Await.result(Future.all(emits.toList()));
    var settled = Await.result(broker.on(() -> broker.broker().settle(CHANNEL)));

    assertThat(settled).isEqualTo(broker.epoch());
    var expected = new ArrayList<>(List.of("confirmed " + CHANNEL));
    IntStream.range(0, 1_000).forEach(i -> expected.add(heard(i)));
    assertThat(broker.heeded().all).endsWith(expected.toArray(String[]::new));
  }

  @Test
  void settlingABrokerBringsWhatOthersPublished() {
    var broker = open();
    var other = open();
    broker.hear(CHANNEL);
    for (var i = 0; i < 100; i++) {
      other.emit(i);
      Await.result(broker.on(() -> broker.broker().settle(CHANNEL)));
      assertThat(broker.heeded().all).contains(heard(i));
    }
  }

  @Test
  void aChannelThatIsNotSubscribedCannotBeSettled() {
    var broker = open();

    assertThat(Await.failureText(broker.on(() -> broker.broker().settle(CHANNEL))))
        .isEqualTo("the channel is not subscribed");
  }

  @Test
  void aChannelThatIsUnsubscribedBringsNothing() {
    var broker = open();
    broker.hear(CHANNEL);
    assertThat(broker.count(CHANNEL)).isEqualTo(1);
    broker.run(() -> broker.broker().unsubscribe(CHANNEL));
    Await.until(() -> broker.count(CHANNEL) == 0);

    assertThat(broker.emit("x")).isZero();
    assertThat(broker.get(() -> broker.broker().isConfirmed(CHANNEL))).isFalse();
    assertThat(broker.epoch()).isZero();
    assertThat(broker.heeded().of(CHANNEL)).isEmpty();
  }

  @Test
  void aChannelThatIsLeftAndJoinedInOneTurnStaysConfirmed() {
    var broker = open();
    broker.hear(CHANNEL);
    broker.run(
        () -> {
          broker.broker().unsubscribe(CHANNEL);
          broker.broker().subscribe(CHANNEL, broker.heeded().channel("again"));
          assertThat(broker.broker().isConfirmed(CHANNEL)).isTrue();
        });
    broker.emit("x");

    Await.until(() -> broker.heeded().all.contains("again " + payload("x")));
    assertThat(broker.heeded().of("confirmed")).containsExactly("confirmed " + CHANNEL);
  }

  @Test
  void aChannelThatIsLeftAndJoinedInTheNextTurnIsConfirmedAnew() {
    var broker = open();
    broker.hear(CHANNEL);
    broker.run(() -> broker.broker().unsubscribe(CHANNEL));
    broker.run(() -> broker.broker().subscribe(CHANNEL, broker.heeded().channel("again")));

    Await.until(() -> broker.heeded().all.contains("confirmed again"));
    assertThat(broker.count(CHANNEL)).isEqualTo(1);
  }

  @Test
  void itCountsTheSubscribersOfChannelsInTheirOrder() {
    var one = open();
    var other = open();
    one.hear("a");
    one.hear("b");
    other.hear("b");

    assertThat(Await.result(one.on(() -> one.broker().countSubscribers(List.of("a", "x", "b")))))
        .containsExactly(1L, 0L, 2L);
  }

  @Test
  void whatIsRetainedIsFoundUntilItExpires() {
    var broker = open();
    var before = System.currentTimeMillis();
    Await.result(broker.emit("kept", EmitOptions.retain(Duration.ofMillis(500))));

    var dated = broker.lookUp(KEY, true);
    assertThat(dated.payload().args().list()).containsExactly("kept");
    assertThat(dated.expiresAt()).isBetween(before + 500, System.currentTimeMillis() + 500);
    assertThat(broker.lookUp(KEY, false).expiresAt()).isEqualTo(Kept.UNDATED);
    assertThat(broker.lookUp(new EventKey("order", "8"), true)).isNull();
    Await.until(() -> broker.lookUp(KEY, true) == null);
    assertThat(System.currentTimeMillis() - before).isGreaterThanOrEqualTo(500);
  }

  @Test
  void whatIsRetainedLastCounts() {
    var broker = open();
    Await.result(broker.emit("old", EmitOptions.retain(Duration.ofMinutes(1))));
    Await.result(broker.emit("new", EmitOptions.retain(Duration.ofMinutes(1))));

    assertThat(broker.lookUp(KEY, false).payload().args().list()).containsExactly("new");
  }

  @Test
  void whatNobodyWantsIsNotLookedUp() {
    var broker = open();
    Await.result(broker.emit("kept", EmitOptions.retain(Duration.ofMinutes(1))));

    assertThat(Await.result(broker.on(() -> broker.broker().lookUp(KEY, false, () -> false))))
        .isNull();
  }

  @Test
  void anEmitWithAnIdempotencyKeyHappensOnceOnAllBrokers() {
    var one = open();
    var other = open();
    one.hear(CHANNEL);
    var options = EmitOptions.retain(Duration.ofMinutes(1)).idempotencyKey("k");

    assertThat(Await.result(one.emit("x", options))).isEqualTo(1);
    Await.until(() -> one.heeded().all.contains(heard("x")));
    one.run(() -> one.broker().unsubscribe(CHANNEL));
    Await.until(() -> one.count(CHANNEL) == 0);

    assertThat(Await.result(other.emit("x", options))).isEqualTo(1);
    assertThat(one.heeded().of(CHANNEL)).containsExactly(heard("x"));
  }

  @Test
  void anIdempotencyKeyStandsForOneEventAndRetention() {
    var broker = open();
    var options = EmitOptions.DEFAULT.idempotencyKey("k");
    Await.result(broker.emit("x", options));

    var otherEvent = Await.failure(broker.emit("y", options));
    var otherRetention = Await.failure(broker.emit("x", new EmitOptions(1_000, "k")));

    assertThat(otherEvent).isInstanceOf(IdempotencyException.class);
    assertThat(((IdempotencyException) otherEvent).status()).isEqualTo(422);
    assertThat(otherRetention).hasMessage(otherEvent.getMessage());
    assertThat(broker.lookUp(KEY, false)).isNull();
  }

  @Test
  void anIdempotencyKeyIsTakenWhileItsFirstEmitIsUnderWay() {
    var broker = open();
    var options = EmitOptions.DEFAULT.idempotencyKey("k");
    var same = new ArrayList<Future<Integer>>();
    broker.run(
        () ->
            List.of("x", "x", "y")
                .forEach(
                    arg -> same.add(broker.broker().publish(CHANNEL, payload(arg), KEY, options))));

    assertThat(Await.result(same.get(0))).isZero();
    assertThat(((IdempotencyException) Await.failure(same.get(1))).status()).isEqualTo(409);
    assertThat(((IdempotencyException) Await.failure(same.get(2))).status()).isEqualTo(422);
  }

  @Test
  void moreEmitsThanTheLimitAreRefused() {
    var limits = new LimitsOptions().setEmitQueue(2);
    var broker = open(new ServerEventsOptions().setLimits(limits));
    var emits = new ArrayList<Future<Integer>>();
    broker.run(
        () ->
            IntStream.range(0, 3)
                .forEach(
                    i ->
                        emits.add(
                            broker
                                .broker()
                                .publish(CHANNEL, payload(i), KEY, EmitOptions.DEFAULT))));

    assertThat(Await.failureText(emits.get(2)))
        .isEqualTo("Not emitted: 2 emits are queued already (limits.emitQueue)");
    assertThat(Await.result(emits.get(1))).isZero();
  }

  @Test
  void whenRedisGoesAwayTheListenerIsTold() {
    var broker = open();
    broker.hear(CHANNEL);
    down();

    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));
    Await.until(() -> broker.heeded().all.contains("failed OUTPUT_STORE"));
    assertThat(broker.get(broker.broker()::isPublishing)).isFalse();
    assertThat(broker.get(broker.broker()::isListening)).isFalse();
    assertThat(broker.epoch()).isZero();
    assertThat(broker.count(CHANNEL)).isEqualTo(-1);
    assertThat(Await.failureText(broker.on(() -> broker.broker().settle(CHANNEL)))).isNotEmpty();
  }

  @Test
  void whenRedisIsBackAllIsAsBeforeButTheEpoch() {
    var broker = open();
    broker.hear(CHANNEL);
    var before = broker.epoch();
    down();
    Await.until(() -> broker.heeded().all.contains("failed OUTPUT_STORE"));
    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));
    up();
    Await.until(() -> broker.heeded().all.contains("resubscribed true"));
    Await.until(() -> broker.get(broker.broker()::isPublishing));

    assertThat(broker.epoch()).isGreaterThan(before);
    assertThat(broker.heeded().of("confirmed"))
        .containsExactly("confirmed " + CHANNEL, "confirmed " + CHANNEL);
    Await.until(() -> broker.heeded().of("reconnected").size() == 2);
    assertThat(broker.heeded().of("up").get(broker.heeded().of("up").size() - 1)).endsWith(" all");
    assertThat(broker.emit("x")).isEqualTo(1);
    Await.until(() -> broker.heeded().all.contains(heard("x")));
  }

  @Test
  void anEmitIsPublishedWhenRedisIsBackInTime() {
    var broker = open();
    down();
    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));
    var emit = broker.emit("x", EmitOptions.DEFAULT);
    up();

    assertThat(Await.result(emit)).isZero();
  }

  @Test
  void anEmitFailsWhenRedisIsNotBackInTime() {
    var broker = open(new ServerEventsOptions().setEmitTimeout(200));
    down();
    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));
    var failure = Await.failure(broker.emit("x", EmitOptions.DEFAULT));

    assertThat(Cause.of(failure)).isEqualTo(Cause.REDIS_AWAY);
    assertThat(failure).hasMessageStartingWith("Not emitted within 200 ms (emitTimeout): Redis");
  }

  @Test
  void aLookUpWaitsUntilRedisIsBack() {
    var broker = open();
    down();
    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));
    var found = broker.on(() -> broker.broker().lookUp(KEY, true, () -> true));
    broker.get(() -> true);
    assertThat(found.isComplete()).isFalse();
    up();

    assertThat(Await.result(found)).isNull();
  }

  @Test
  void whatIsQueuedFailsWhenItIsClosed() {
    var broker = open();
    down();
    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));
    var emit = broker.emit("x", EmitOptions.DEFAULT);
    broker.get(() -> true);
    Await.result(broker.on(broker.broker()::close));

    assertThat(Cause.of(Await.failure(emit))).isEqualTo(Cause.DRAINING);
    assertThat(Cause.of(Await.failure(broker.emit("y", EmitOptions.DEFAULT))))
        .isEqualTo(Cause.DRAINING);
  }

  @Test
  void itIsDrainedWhenAllEmitsHaveEnded() {
    var broker = open();
    var emits = new ArrayList<Future<Integer>>();
    Await.result(
        broker.on(
            () -> {
              for (var i = 0; i < 100; i++) {
                emits.add(broker.broker().publish(CHANNEL, payload(i), KEY, EmitOptions.DEFAULT));
              }
              return broker.broker().drain();
            }));

    assertThat(emits).allMatch(Future::succeeded);
  }
}
