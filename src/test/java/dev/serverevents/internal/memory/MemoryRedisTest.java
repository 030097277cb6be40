package dev.serverevents.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.internal.hub.Broker;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The faults of the memory, and what a test may see and do there. */
class MemoryRedisTest extends Brokers {

  private static final JobsKey LIST = new JobsKey("$jobs:{pdf}", 0);

  private final MemoryRedis redis = new MemoryRedis(Clocks.of(vertx));

  @Override
  Broker make(ServerEventsOptions options, Broker.Listener listener) {
    return new MemoryBroker(vertx, redis, options, listener);
  }

  @Override
  void down() {
    redis.down();
  }

  @Override
  void up() {
    redis.up();
  }

  private static long msSince(long began) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  @Test
  void whatIsPublishedInAGapIsLostAndTheEpochTellsSo() {
    var broker = open();
    broker.hear(CHANNEL);
    var before = broker.epoch();

    redis.gapBegins();
    assertThat(broker.emit("lost")).isZero();
    Await.until(() -> broker.heeded().all.contains("failed OUTPUT_STORE"));
    assertThat(broker.epoch()).isZero();
    redis.gapEnds();
    Await.until(() -> broker.heeded().all.contains("resubscribed true"));

    assertThat(broker.emit("heard")).isEqualTo(1);
    Await.until(() -> broker.heeded().all.contains(heard("heard")));
    assertThat(broker.heeded().all).doesNotContain(heard("lost"));
    assertThat(broker.epoch()).isGreaterThan(before);
    assertThat(broker.heeded().all).doesNotContain("failed INPUT_STORE");
  }

  @Test
  void aShortGapIsOverAtOnce() {
    var broker = open();
    broker.hear(CHANNEL);
    redis.gap();

    Await.until(() -> broker.heeded().all.contains("resubscribed true"));
    assertThat(broker.heeded().all)
        .endsWith(
            "failed OUTPUT_STORE",
            "reconnected OUTPUT_STORE",
            "up OUTPUT_STORE all",
            "confirmed " + CHANNEL,
            "resubscribed true");
  }

  @Test
  void whatWasPublishedBeforeAGapStillComes() {
    for (var i = 0; i < 100; i++) {
      var arg = i;
      var broker = open();
      broker.hear(CHANNEL);
      redis.publish(CHANNEL, payload(arg));
      redis.gap();

      Await.until(() -> broker.heeded().all.contains("failed OUTPUT_STORE"));
      assertThat(broker.heeded().all).containsSubsequence(heard(arg), "failed OUTPUT_STORE");
      Await.result(broker.on(broker.broker()::close));
    }
  }

  @Test
  void theNextMessageIsLostAndNobodyIsTold() {
    var broker = open();
    broker.hear(CHANNEL);
    redis.loseNext();

    assertThat(broker.emit("lost")).isEqualTo(1);
    assertThat(broker.emit("heard")).isEqualTo(1);
    Await.result(broker.on(() -> broker.broker().settle(CHANNEL)));
    assertThat(broker.heeded().of(CHANNEL)).containsExactly(heard("heard"));
  }

  @Test
  void theNextMessageOfSomeKindIsLost() {
    var broker = open();
    broker.hear(CHANNEL);
    redis.loseNext(Published::retained);

    broker.emit("heard");
    Await.result(broker.emit("lost", EmitOptions.retain(Duration.ofMinutes(1))));
    Await.result(broker.on(() -> broker.broker().settle(CHANNEL)));
    assertThat(broker.heeded().of(CHANNEL)).containsExactly(heard("heard"));
    assertThat(broker.lookUp(KEY, false).payload().args().list()).containsExactly("lost");
  }

  @Test
  void aSlowOneTakesItsTimeForCommandsAndDeliveries() {
    var broker = open();
    broker.hear(CHANNEL);
    redis.slow(50);
    var began = System.nanoTime();

    broker.emit("x");
    assertThat(msSince(began)).isGreaterThanOrEqualTo(50);
    Await.until(() -> broker.heeded().all.contains(heard("x")));
    assertThat(msSince(began)).isGreaterThanOrEqualTo(100);
  }

  @Test
  void whatIsFastAgainOvertakesNothing() {
    var broker = open();
    broker.hear(CHANNEL);
    redis.slow(50);
    redis.publish(CHANNEL, payload("slow"));
    redis.slow(0);
    redis.publish(CHANNEL, payload("fast"));

    Await.until(() -> broker.heeded().of(CHANNEL).size() == 2);
    assertThat(broker.heeded().of(CHANNEL)).containsExactly(heard("slow"), heard("fast"));
  }

  @Test
  void nothingIsProvedThroughAGap() {
    var broker = open();
    broker.hear(CHANNEL);
    redis.slow(50);
    var settled = broker.on(() -> broker.broker().settle(CHANNEL));
    broker.get(() -> true);
    redis.gap();

    assertThat(Await.failureText(settled)).contains("connect");
  }

  @Test
  void nothingIsProvedThatTakesTooLong() {
    var broker = open(new ServerEventsOptions().setProbeTimeout(40));
    broker.hear(CHANNEL);
    redis.slow(60);

    assertThat(Await.failureText(broker.on(() -> broker.broker().settle(CHANNEL))))
        .isEqualTo("no answer within 40 ms");
  }

  @Test
  void anEmitThatIsOnItsWayWhenAllBreaksMayHaveBeenDelivered() {
    var broker = open();
    redis.slow(1_000);
    var emit = broker.emit("x", EmitOptions.DEFAULT);
    var kept = broker.emit("x", EmitOptions.retain(Duration.ofMinutes(1)));
    broker.get(() -> true); // it is sent at the end of the turn before
    redis.down();

    assertThat(Await.failure(emit))
        .hasMessageStartingWith("Written to Redis but not answered, so it may have been delivered");
    assertThat(kept.isComplete()).isFalse();
    redis.slow(0);
    redis.up();
    redis.reconnect();
    assertThat(Await.result(kept)).isZero();
  }

  @Test
  void connectionsAreMadeAgainAtOnceWhenThatIsAskedFor() {
    var broker = open();
    redis.down();
    Await.until(() -> broker.heeded().of("failed OUTPUT_STORE").size() > 3);
    assertThat(redis.isDown()).isTrue();
    redis.up();
    redis.reconnect();

    Await.until(() -> broker.heeded().of("reconnected").size() == 2);
    assertThat(redis.isDown()).isFalse();
  }

  @Test
  void oneThatRefusesSaysWhy() {
    var broker = open();
    redis.refuse("NOPERM no permission");
    Await.until(() -> broker.heeded().all.contains("failed INPUT_STORE"));

    assertThat(broker.get(broker.broker()::refusal)).isEqualTo("NOPERM");
    assertThat(broker.get(broker.broker()::isPublishing)).isFalse();
    var failure = Await.failure(broker.emit("x", EmitOptions.DEFAULT));
    assertThat(failure).hasMessage("Redis refused the emit: NOPERM no permission");
    assertThat(Cause.of(failure)).isEqualTo(Cause.REDIS_REFUSED);
    assertThat(Await.failure(broker.on(() -> broker.broker().countSubscribers(List.of("a")))))
        .isInstanceOf(RefusalException.class);
    assertThat(Cause.of(Await.failure(broker.broker().jobs().push(LIST, "a"))))
        .isEqualTo(Cause.REDIS_REFUSED);
    assertThat(
            Cause.of(Await.failure(broker.on(() -> broker.broker().lookUp(KEY, true, () -> true)))))
        .isEqualTo(Cause.REDIS_REFUSED);
    broker.run(() -> broker.broker().subscribe("a", broker.heeded().channel("a")));
    Await.until(() -> broker.heeded().all.contains("refused a"));

    redis.refuse(null);
    Await.until(() -> broker.get(broker.broker()::isPublishing));
    broker.hear("a");
    assertThat(broker.get(broker.broker()::refusal)).isNull();
  }

  @Test
  void aTestSeesAllThatIsPublishedSubscribedAndKept() {
    var published = new ArrayList<Published>();
    redis.observe(published::add);
    var broker = open();
    broker.hear(CHANNEL);
    Await.result(broker.emit("x", EmitOptions.retain(Duration.ofMinutes(1))));
    Await.result(broker.broker().jobs().push(LIST, "a"));

    assertThat(published).containsExactly(new Published(CHANNEL, payload("x"), 1, true));
    assertThat(redis.subscribers(CHANNEL)).isEqualTo(1);
    assertThat(redis.subscriptions()).isEqualTo(Map.of(CHANNEL, 1));
    assertThat(redis.retained()).isEqualTo(Map.of("$retained:{order:7}:5", payload("x")));
    assertThat(redis.lists()).isEqualTo(Map.of(LIST.key(), List.of("a")));
  }

  @Test
  void aTestTakesPartAsAnotherProgramWould() {
    var broker = open();
    var heard = new ArrayList<String>();
    broker.hear(CHANNEL);
    var leave =
        redis.subscribe(
            "$worker:w",
            job -> {
              heard.add(job.toString());
              redis.publish(CHANNEL, payload("answer"));
            });
    assertThat(broker.count("$worker:w")).isEqualTo(1);
    assertThat(redis.publish("$worker:w", payload("job"))).isEqualTo(1);
    Await.until(() -> broker.heeded().all.contains(heard("answer")));
    leave.run();

    assertThat(heard).containsExactly(payload("job").toString());
    assertThat(broker.count("$worker:w")).isZero();
  }

  @Test
  void aTestTakesJobsAsAnotherProgramWould() {
    var jobs = open().broker().jobs();
    var first = redis.take(LIST, "w");
    Await.result(jobs.push(LIST, "a"));
    assertThat(Await.result(first)).isEqualTo("a");
    assertThat(Await.result(jobs.holders(LIST))).containsExactly("w");
    assertThat(redis.lists()).isEqualTo(Map.of(LIST.taken("w"), List.of("a")));
    redis.done(LIST, "w", "a");
    assertThat(redis.lists()).isEmpty();

    var left = redis.take(LIST, "w");
    redis.leave(LIST, "w");
    Await.result(jobs.push(LIST, "b"));
    assertThat(left.isComplete()).isFalse();
    assertThat(Await.result(redis.take(LIST, "w"))).isEqualTo("b");

    var broken = redis.take(LIST, "w");
    redis.down();
    assertThat(broken.failed()).isTrue();
    assertThat(redis.take(LIST, "w").failed()).isTrue();
  }

  @Test
  void heartbeatsGoBothWaysAsLongAsItIsUp() {
    var broker = open();
    var pulse = broker.broker().lastHeartbeats().get(0);
    var clock = redis.clock();
    var before = clock.nanoTime();
    assertThat(pulse.getAsLong()).isBetween(before, clock.nanoTime());
    redis.down();
    Await.until(() -> broker.heeded().of("failed").size() >= 2);

    var last = pulse.getAsLong();
    assertThat(last).isLessThan(clock.nanoTime());
    assertThat(pulse.getAsLong()).isEqualTo(last);
  }
}
