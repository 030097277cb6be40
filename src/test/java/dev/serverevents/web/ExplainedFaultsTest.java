package dev.serverevents.web;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.Explanation;
import dev.serverevents.Job;
import dev.serverevents.LimitsOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.ForeignWorker;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Seven faults, each of which HTTP, Java and the console give the same cause for, and of which a
 * server knows the time line that had nothing to do with it.
 */
@OnBothBackends
class ExplainedFaultsTest {

  private static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(60_000).watchWorker();

  /** A server with HTTP, on which the job "job" can be asked for. */
  private static final class Asked {

    private final ServerEvents events;
    private final Http http;
    private final Promise<Job> handedOver = Promise.promise();

    Asked(Server server, WaitOptions options) {
      http = new Http(server);
      events = server.events();
      http.get(
          "/job",
          ctx ->
              events
                  .listen(
                      "job",
                      1,
                      options,
                      job -> {
                        handedOver.complete(job);
                        return Future.succeededFuture();
                      })
                  .future()
                  .onSuccess(args -> ctx.json(args.toJsonArray()))
                  .onFailure(ctx::fail));
    }

    Future<Http.Reply> begin() {
      return http.send(HttpMethod.GET, "/job", "");
    }

    /** The job, when its server knows that it is handed over. */
    Job job() {
      Await.until(() -> steps(result(events.explain("job", 1))).contains("handed-over"));
      return result(handedOver.future());
    }
  }

  private static List<String> steps(Explanation explanation) {
    return explanation.timeline().stream().map(Explanation.Step::what).toList();
  }

  /** What is said by HTTP where it happened and by another server, in Java and to its console. */
  private static Explanation assertCause(
      Http.Reply problem, Server other, String name, Object id, Cause cause) {
    assertThat(problem.json().getString("cause")).isEqualTo(cause.word());
    var explained = result(other.events().explain(name, id));
    assertThat(explained.cause()).as(explained.toJson().encode()).isEqualTo(cause.word());
    assertThat(explained.says()).endsWith(".");
    assertThat(explained.missing()).isZero();
    var console = new Http(other).get("/console/api/events/" + name + "/" + id);
    assertThat(console.status()).isEqualTo(200);
    assertThat(console.json().getString("cause")).isEqualTo(cause.word());
    assertThat(console.json().getJsonArray("timeline")).hasSameSizeAs(explained.timeline());
    return explained;
  }

  @Test
  void noWorker(Server server, Server other) {
    server.deploy();
    other.deploy();
    var http = new Http(server);
    var problem = http.get("/events/job/1?requireWorker=true&timeout=60000");
    var explained = assertCause(problem, other, "job", 1, Cause.NO_WORKER);
    assertThat(steps(explained)).startsWith("waiting").endsWith("ended");
    var link = problem.json().getString("explain");
    assertThat(link).isEqualTo("/api/events/job/1/explain");
    var here = http.get(link.substring("/api".length())).json();
    assertThat(here.getString("cause")).isEqualTo("no-worker");
    assertThat(here.getJsonArray("timeline").encode()).doesNotContain("detail");
  }

  @Test
  void neverClaimed(Server server, Server other) {
    server.deploy();
    other.deploy();
    var asked = new Asked(server, WATCHING.timeout(300));
    var explained = assertCause(result(asked.begin()), other, "job", 1, Cause.NEVER_CLAIMED);
    assertThat(steps(explained))
        .containsExactly("waiting", "subscribed", "handed-over", "timed-out");
  }

  @Test
  void theWorkerIsKilled(Server server, Server other) {
    server.deploy();
    other.deploy();
    var asked = new Asked(server, WATCHING);
    var problem = asked.begin();
    var worker = ForeignWorker.serve(server.broker(), "w1", "job");
    worker.claim(asked.job());
    worker.gotOn(asked.job());
    Await.until(() -> steps(result(other.events().explain("job", 1))).contains("progress"));
    var overview = result(other.events().overview());
    assertThat(overview.workers())
        .singleElement()
        .satisfies(
            known -> {
              assertThat(known.worker()).isEqualTo("w1");
              assertThat(known.name()).isEqualTo("job");
              assertThat(known.claimed()).extracting(claim -> claim.id()).containsExactly("1");
            });
    worker.disconnect();
    var explained = assertCause(result(problem), other, "job", 1, Cause.WORKER_LOST);
    assertThat(steps(explained))
        .containsExactly(
            "waiting", "subscribed", "handed-over", "claimed", "progress", "worker-lost", "ended");
    assertThat(explained.timeline().get(3).detail()).isEqualTo("worker w1");
  }

  @Test
  void theWorkerIsStopped(Server server, Server other) {
    server.deploy();
    other.deploy();
    var asked = new Asked(server, WATCHING.stalledAfter(500));
    var problem = asked.begin();
    try (var worker = ForeignWorker.serve(server.broker(), "w1", "job")) {
      worker.claim(asked.job());
      var explained = assertCause(result(problem), other, "job", 1, Cause.STALLED);
      assertThat(steps(explained))
          .containsExactly(
              "waiting", "subscribed", "handed-over", "claimed", "worker-lost", "ended");
    }
  }

  @Test
  void redisIsCutOff(Server server, Server other) {
    try (var link = server.broker().link()) {
      server.deploy(link.lead(server.options()));
      other.deploy();
      var events = server.events();
      var http = new Http(server);
      var problem = http.send(HttpMethod.GET, "/events/job/1?timeout=2000", "");
      Await.until(() -> steps(result(events.explain("job", 1))).contains("subscribed"));
      link.cut();
      Await.until(() -> !events.isReady());
      link.mend();
      Await.until(events::isReady);
      var explained = assertCause(result(problem), other, "job", 1, Cause.REDIS_GAP);
      assertThat(steps(explained))
          .containsSubsequence("waiting", "subscribed", "redis-away", "redis-back", "ended");
      server.undeploy();
    }
  }

  @Test
  void theServerDrains(Server server, Server other) {
    server.deploy(server.options().setDrainTimeout(100));
    other.deploy();
    var http = new Http(server);
    var problem = http.send(HttpMethod.GET, "/events/job/1?timeout=60000", "");
    Await.until(() -> server.broker().channels().contains("job:1"));
    Await.until(() -> result(server.events().overview()).servers().size() == 2);
    var verticle =
        server.vertx().deploymentIDs().stream()
            .filter(id -> !id.equals(http.deploymentID()))
            .findFirst()
            .orElseThrow();
    result(server.vertx().undeploy(verticle));
    Await.until(() -> !result(other.events().explain("job", 1)).timeline().isEmpty());
    var explained = assertCause(result(problem), other, "job", 1, Cause.DRAINING);
    assertThat(steps(explained)).containsExactly("waiting", "subscribed", "ended");
  }

  @Test
  void aLimitIsReached(Server server, Server other) {
    server.deploy(server.options().setLimits(new LimitsOptions().setPendingWaits(1)));
    other.deploy();
    var events = server.events();
    var first = events.listen("first", 1);
    result(first.subscribed());
    var http = new Http(server);
    var problem = http.get("/events/job/1?timeout=300");
    var explained = assertCause(problem, other, "job", 1, Cause.LIMIT);
    assertThat(steps(explained)).containsExactly("refused");
    assertThat(result(other.events().overview()).limits())
        .filteredOn(limit -> limit.setting().equals("limits.pendingWaits"))
        .extracting(limit -> limit.used() + " of " + limit.limit())
        .containsExactly("1 of 1");
    first.cancel();
    failure(first.future());
  }

  @Test
  void aQuotaIsReached(Server server, Server other) {
    server.deploy();
    other.deploy();
    var options = new RoutesOptions();
    options.getPerClient().setWaits(1);
    var http = new Http(server, options);
    var first = http.send(HttpMethod.GET, "/events/first/1", "");
    Await.until(() -> server.broker().channels().contains("first:1"));
    var explained =
        assertCause(http.get("/events/job/1?timeout=300"), other, "job", 1, Cause.LIMIT);
    assertThat(steps(explained)).containsExactly("refused");
    http.post("/events/first/1", "[]");
    result(first);
  }

  /** The negative control of all of these. */
  @Test
  void whereNothingIsRememberedNothingIsKnown(Server server, Server other) {
    server.deploy(server.options().setExplainSteps(0));
    other.deploy();
    var problem = new Http(server).get("/events/job/1?timeout=100");
    assertThat(problem.json().getString("cause")).isEqualTo("no-event");
    var explained = result(other.events().explain("job", 1));
    assertThat(explained.cause()).isEqualTo("unknown");
    assertThat(explained.timeline()).isEmpty();
    assertThat(result(other.events().overview()).names()).isEmpty();
  }
}
