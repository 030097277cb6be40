package dev.serverevents.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.internal.local.JobStore;
import dev.serverevents.internal.local.JobStore.JobsKey;
import dev.serverevents.testing.Await;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker may rely on, whichever broker the verticle has. */
abstract class JobStoreContract extends Brokers {

  private static final JobsKey LIST = new JobsKey("$jobs:{pdf}", 0);

  private JobStore jobs;

  @BeforeEach
  void openStore() {
    jobs = open().broker().jobs();
  }

  private void push(String... all) {
    Stream.of(all).forEach(job -> Await.result(jobs.push(LIST, job)));
  }

  private String take(String worker) {
    return Await.result(jobs.take(LIST, worker));
  }

  private List<String> takeAll(String worker, int count) {
    return Stream.generate(() -> take(worker)).limit(count).toList();
  }

  @Test
  void jobsAreTakenInTheirOrder() {
    assertThat(Await.result(jobs.push(LIST, "a"))).isEqualTo(1);
    assertThat(Await.result(jobs.push(LIST, "b"))).isEqualTo(2);

    assertThat(takeAll("w", 2)).containsExactly("a", "b");
  }

  @Test
  void whoTakesAJobWaitsForItForASecond() {
    var before = System.nanoTime();

    assertThat(take("w")).isNull();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(950));
  }

  @Test
  void whoWaitsGetsTheJobThatComesFromAnotherVerticle() {
    var other = open().broker().jobs();
    var taken = jobs.take(LIST, "w");
    Await.until(() -> Await.result(other.holders(LIST)).contains("w"));
    Await.result(other.push(LIST, "a"));

    assertThat(Await.result(taken)).isEqualTo("a");
  }

  @Test
  void eachJobGoesToOneWorker() {
    var all = Future.all(jobs.take(LIST, "v"), jobs.take(LIST, "w"));
    push("a", "b");

    assertThat(Await.result(all).<String>list()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aJobThatNobodyHasTakenCanBeRemoved() {
    push("a", "b");
    take("w");

    assertThat(Await.result(jobs.remove(LIST, "b"))).isTrue();
    assertThat(Await.result(jobs.remove(LIST, "b"))).isFalse();
    assertThat(Await.result(jobs.remove(LIST, "a"))).isFalse();
    assertThat(Await.result(jobs.push(LIST, "c"))).isEqualTo(1);
  }

  @Test
  void whatAWorkerHasTakenGoesBackToTheBeginningInItsOrder() {
    push("a", "b", "c", "d");
    takeAll("v", 3);
    assertThat(Await.result(jobs.holders(LIST))).containsExactly("v");
    Await.result(jobs.done(LIST, "v", "b"));
    Await.result(jobs.giveBack(LIST, "v"));

    assertThat(Await.result(jobs.holders(LIST))).isEmpty();
    assertThat(takeAll("w", 3)).containsExactly("a", "c", "d");
  }

  @Test
  void whoWaitsGetsWhatIsGivenBack() {
    push("a");
    take("v");
    var taken = jobs.take(LIST, "w");
    Await.result(jobs.giveBack(LIST, "v"));

    assertThat(Await.result(taken)).isEqualTo("a");
  }

  @Test
  void aJobThatIsDoneAfterItWasGivenBackIsNotDoneAgain() {
    push("a");
    take("v");
    Await.result(jobs.giveBack(LIST, "v"));
    Await.result(jobs.done(LIST, "v", "a"));

    assertThat(Await.result(jobs.push(LIST, "b"))).isEqualTo(1);
  }

  @Test
  void aWorkerThatClosesGivesItsJobsBack() {
    push("a", "b");
    takeAll("v", 2);
    Await.result(jobs.done(LIST, "v", "a"));
    Await.result(jobs.close(LIST, "v"));

    assertThat(Await.result(jobs.holders(LIST))).isEmpty();
    assertThat(take("w")).isEqualTo("b");
  }

  @Test
  void aWorkerThatClosesWhileItWaitsGetsNothingMore() {
    var taken = jobs.take(LIST, "v");
    Await.until(() -> Await.result(jobs.holders(LIST)).contains("v"));
    Await.result(jobs.close(LIST, "v"));

    assertThat(Cause.of(Await.failure(taken))).isEqualTo(Cause.REDIS_AWAY);
    assertThat(Await.result(jobs.push(LIST, "a"))).isEqualTo(1);
  }

  @Test
  void aWorkerThatIsThereAgainFindsTheJobsThatItHas() {
    push("a", "b");
    take("v");
    var again = open().broker().jobs();

    assertThat(Await.result(again.take(LIST, "v"))).isEqualTo("a");
    assertThat(Await.result(again.take(LIST, "v"))).isEqualTo("b");
  }

  @Test
  void aListIsForgottenSomeTimeAfterItsLastJob() {
    var began = System.nanoTime();
    var list = new JobsKey("$jobs:{short}", 300);
    var all = IntStream.range(0, 1_000).mapToObj(i -> jobs.push(list, "job " + i)).toList();
    assertThat(Await.result(Future.all(all)).<Integer>list()).endsWith(1_000);
    var next = new AtomicInteger();

    Await.until(() -> !Await.result(jobs.remove(list, "job " + next.getAndIncrement())));
    assertThat(next).hasValueLessThan(1_000);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(299));
    assertThat(Await.result(jobs.push(list, "new"))).isEqualTo(1);
  }

  @Test
  void whileRedisIsAwayNothingIsTaken() {
    down();
    Await.until(() -> Cause.of(Await.failure(jobs.push(LIST, "a"))) == Cause.REDIS_AWAY);

    assertThat(Cause.of(Await.failure(jobs.take(LIST, "w")))).isEqualTo(Cause.REDIS_AWAY);
    assertThat(Cause.of(Await.failure(jobs.holders(LIST)))).isEqualTo(Cause.REDIS_AWAY);
    up();
    Await.until(() -> jobs.push(LIST, "b").transform(Future::succeededFuture).await().succeeded());
    assertThat(take("w")).isEqualTo("b");
  }

  @Test
  void whoWaitsWhenRedisGoesIsTold() {
    var taken = jobs.take(LIST, "w");
    Await.until(() -> Await.result(jobs.holders(LIST)).contains("w"));
    down();

    assertThat(Cause.of(Await.failure(taken))).isEqualTo(Cause.REDIS_AWAY);
  }

  @Test
  void whenTheVerticleIsUndeployedNothingIsServed() {
    var closing = open();
    Await.result(closing.on(closing.broker()::close));

    assertThat(Cause.of(Await.failure(closing.broker().jobs().push(LIST, "a"))))
        .isEqualTo(Cause.NOT_DEPLOYED);
    assertThat(Cause.of(Await.failure(closing.broker().jobs().take(LIST, "w"))))
        .isEqualTo(Cause.NOT_DEPLOYED);
  }
}
