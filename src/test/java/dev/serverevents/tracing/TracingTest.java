package dev.serverevents.tracing;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.ClaimedJob;
import dev.serverevents.EventWait;
import dev.serverevents.Job;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsTracing;
import dev.serverevents.StreamOptions;
import dev.serverevents.WaitOptions;
import dev.serverevents.Worker;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.Traces;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is under way with events is traced, in one trace across processes. */
@OnBothBackends
class TracingTest {

  private static final WaitOptions WATCHING = WaitOptions.DEFAULT.timeout(30_000).watchWorker();
  private static final WaitOptions SHORT = WATCHING.timeout(100);

  private static Worker work(ServerEvents events, Function<ClaimedJob, Future<?>> handler) {
    var worker = events.work("priced", handler);
    result(worker.ready());
    return worker;
  }

  private static EventWait request(ServerEvents api, WaitOptions options) {
    return api.listen("priced", 7, options, api.jobList("priced")::push);
  }

  private static void assertChild(SpanData child, SpanData parent) {
    assertThat(child.getTraceId()).as(child.getName()).isEqualTo(parent.getTraceId());
    assertThat(child.getParentSpanId()).as(child.getName()).isEqualTo(parent.getSpanId());
  }

  private static @Nullable String attribute(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  private static void assertIs(SpanData span, SpanKind kind, @Nullable String type) {
    assertThat(span.getKind()).as(span.getName()).isEqualTo(kind);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("dev.serverevents");
    assertThat(attribute(span, "messaging.system")).isEqualTo("redis");
    assertThat(attribute(span, "messaging.destination.name")).isEqualTo("priced");
    assertThat(attribute(span, "messaging.message.conversation_id")).isEqualTo("7");
    assertThat(attribute(span, "messaging.operation.name") + " priced").isEqualTo(span.getName());
    assertThat(attribute(span, "messaging.operation.type")).isEqualTo(type);
  }

  private static void assertFailed(SpanData span, String cause) {
    assertThat(span.getStatus().getStatusCode()).as(span.getName()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).isNotEmpty();
    assertThat(attribute(span, "error.type")).isEqualTo(cause);
  }

  private static List<String> linked(SpanData span) {
    return span.getLinks().stream().map(LinkData::getSpanContext).map(c -> c.getSpanId()).toList();
  }

  @Test
  void aRequestAndTheWorkOnItAreOneTrace(Server api, Server worker) {
    var asked = Traces.of(api.vertx());
    var worked = Traces.of(worker.vertx());
    api.deploy();
    worker.deploy();
    var given = new CopyOnWriteArrayList<Job>();
    var working =
        work(
            worker.events(),
            job -> {
              given.add(job.job());
              return job.progress(50).map(told -> List.of(42, "EUR"));
            });
    var wait = asked.within("http", () -> request(api.events(), WATCHING));
    var args = result(wait.future());
    assertThat(args.toJsonArray().encode()).isEqualTo("[[42,\"EUR\"]]");
    result(working.close());

    var waited = asked.span("wait priced");
    var handedOver = asked.span("hand-over priced");
    var received = asked.span("receive priced");
    var work = worked.span("work priced");
    assertChild(waited, asked.span("http"));
    assertChild(handedOver, waited);
    assertChild(received, waited);
    assertChild(work, handedOver);
    assertChild(worked.span("progress priced"), work);
    assertChild(worked.span("publish priced"), work);
    assertIs(waited, SpanKind.INTERNAL, null);
    assertIs(handedOver, SpanKind.PRODUCER, "send");
    assertIs(received, SpanKind.CLIENT, "receive");
    assertIs(work, SpanKind.CONSUMER, "process");
    assertIs(worked.span("publish priced"), SpanKind.PRODUCER, "send");
    assertIs(worked.span("progress priced"), SpanKind.PRODUCER, "send");

    assertThat(linked(waited)).containsExactly(work.getSpanId());
    assertThat(linked(received)).containsExactly(work.getSpanId());
    assertThat(attribute(work, "messaging.client.id")).isEqualTo(working.id());
    assertThat(attribute(waited, "server_events.worker.id")).isEqualTo(working.id());
    assertThat(waited.getEvents().stream().map(EventData::getName))
        .contains("subscribed", "handed over", "claimed");
    assertThat(given.get(0).headers().get("traceparent"))
        .startsWith("00-%s-%s-".formatted(handedOver.getTraceId(), handedOver.getSpanId()));
    assertThat(worked.span("publish priced").getAttributes().asMap())
        .containsEntry(AttributeKey.longKey("server_events.receivers"), 1L);
    asked.awaitAllEnded();
    worked.awaitAllEnded();
  }

  @Test
  void withoutTracingNothingOfItIsInAJobAndAJobOfOthersBeginsATrace(Server api, Server worker) {
    var worked = Traces.of(worker.vertx());
    api.deploy();
    worker.deploy();
    var given = new CopyOnWriteArrayList<Job>();
    var working =
        worked.within(
            "start",
            () ->
                work(
                    worker.events(),
                    job -> {
                      given.add(job.job());
                      return Future.succeededFuture();
                    }));
    result(request(api.events(), WATCHING).future());
    result(working.close());
    assertThat(given.get(0).headers()).isEmpty();
    assertThat(worked.span("work priced").getParentSpanId()).isEqualTo(SpanId.getInvalid());
    assertThat(ServerEventsTracing.of(api.vertx())).isSameAs(ServerEventsTracing.NONE);
  }

  @Test
  void whatTheHandlerDoesLaterIsWithinItsJobAndNoOther(Server api, Server worker) {
    var asked = Traces.of(api.vertx());
    var worked = Traces.of(worker.vertx());
    api.deploy();
    worker.deploy();
    var events = worker.events();
    var working =
        work(
            events,
            job ->
                worker
                    .vertx()
                    .timer(1)
                    .compose(late -> events.emit("step " + job.data(), 1))
                    .compose(late -> events.emit("again " + job.data(), 1)));
    var jobs = api.events().jobList("priced");
    var waits =
        List.of("a", "b").stream()
            .map(data -> api.events().request("priced", data, job -> jobs.push(job.data(data))))
            .toList();
    waits.forEach(Await::result);
    result(working.close());
    for (var data : List.of("a", "b")) {
      var work =
          worked.ended().stream()
              .filter(span -> span.getName().equals("work priced"))
              .filter(s -> data.equals(attribute(s, "messaging.message.conversation_id")))
              .findFirst()
              .orElseThrow();
      assertChild(worked.span("publish step " + data), work);
      assertChild(worked.span("publish again " + data), work);
    }
    asked.awaitAllEnded();
  }

  @Test
  void aFailureIsOneOfItsWaitAndOfItsWork(Server api, Server worker) {
    var asked = Traces.of(api.vertx());
    var worked = Traces.of(worker.vertx());
    api.deploy();
    worker.deploy();
    var working = work(worker.events(), job -> job.fail(422, "There is no such item", null));
    failure(request(api.events(), WATCHING).future());
    result(working.close());
    for (var span : List.of(asked.span("wait priced"), worked.span("work priced"))) {
      assertFailed(span, "failure");
      assertThat(span.getStatus().getDescription()).isEqualTo("There is no such item");
      assertThat(span.getAttributes().get(AttributeKey.longKey("server_events.failure.code")))
          .isEqualTo(422);
    }
    assertThat(worked.span("publish priced").getStatus().getStatusCode())
        .isEqualTo(StatusCode.UNSET);
  }

  @Test
  void aHandlerThatThrowsIsAnErrorOfItsWork(Server worker) {
    var worked = Traces.of(worker.vertx());
    worker.deploy();
    var events = worker.events();
    var working = work(events, job -> Future.failedFuture("broken"));
    failure(request(events, WATCHING).future());
    result(working.close());
    assertFailed(worked.span("work priced"), "unexpected");
  }

  @Test
  void aTimeoutIsAnErrorWithItsCause(Server api) {
    var asked = Traces.of(api.vertx());
    api.deploy();
    failure(api.events().on("priced", 7, SHORT));
    assertFailed(asked.span("wait priced"), "no-event");
    assertThat(asked.ended()).hasSize(1);

    failure(api.events().request("claimed", 7, SHORT, job -> Future.succeededFuture()));
    assertFailed(asked.span("wait claimed"), "never-claimed");
    assertThat(asked.span("hand-over claimed").getStatus().getStatusCode())
        .isEqualTo(StatusCode.UNSET);

    failure(api.events().request("missing", 7, SHORT.requireWorker(), job -> null));
    assertFailed(asked.span("wait missing"), "no-worker");
    asked.awaitAllEnded();
  }

  @Test
  void aHandOverThatFailsOrNeverEndsEndsWithItsWait(Server api) {
    var asked = Traces.of(api.vertx());
    api.deploy();
    var never = Promise.<String>promise();
    failure(api.events().request("slow", 7, SHORT, job -> never.future()));
    assertFailed(asked.span("wait slow"), "no-event");
    assertFailed(asked.span("hand-over slow"), "no-event");
    failure(api.events().request("fails", 7, SHORT, job -> Future.failedFuture("full")));
    assertFailed(asked.span("wait fails"), "unexpected");
    assertFailed(asked.span("hand-over fails"), "unexpected");
    asked.awaitAllEnded();
    never.complete("late");
    assertThat(asked.ended()).hasSize(4);
  }

  @Test
  void whoGivesUpHasNotFailed(Server api, Server worker) {
    var asked = Traces.of(api.vertx());
    var worked = Traces.of(worker.vertx());
    api.deploy();
    worker.deploy();
    var taken = Promise.<ClaimedJob>promise();
    var never = Promise.<String>promise();
    var working =
        work(
            worker.events(),
            job -> {
              taken.complete(job);
              return never.future();
            });
    var wait = request(api.events(), WATCHING);
    var job = result(taken.future());
    wait.cancel(Cause.CLIENT_GONE);
    result(job.cancelled());
    never.complete("too late");
    result(working.close());
    assertThat(attribute(asked.span("wait priced"), "server_events.cause"))
        .isEqualTo("client-gone");
    assertThat(attribute(worked.span("work priced"), "server_events.cause")).isEqualTo("cancelled");
    for (var span : List.of(asked.span("wait priced"), worked.span("work priced"))) {
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
      assertThat(attribute(span, "error.type")).isNull();
    }
    assertThat(worked.ended()).noneMatch(span -> span.getName().equals("publish priced"));
  }

  @Test
  void aStreamIsATraceOfItsOwnWithALinkToWhoOpenedIt(Server api) {
    var traces = Traces.of(api.vertx());
    api.deploy();
    var options = StreamOptions.DEFAULT.follow(true);
    var stream = traces.within("http", () -> api.events().stream("priced", 7, options));
    result(stream.subscribed());
    result(api.events().emit("priced", 7, 42));
    stream.close();
    var opened = traces.span("http");
    var streamed = traces.span("stream priced");
    assertIs(streamed, SpanKind.INTERNAL, null);
    assertThat(streamed.getTraceId()).isNotEqualTo(opened.getTraceId());
    assertThat(streamed.getParentSpanId()).isEqualTo(SpanId.getInvalid());
    assertThat(linked(streamed)).containsExactly(opened.getSpanId());

    failure(api.events().stream("short", 7, StreamOptions.DEFAULT.timeout(50)).subscribed());
    var ended = api.events().stream("late", 7, StreamOptions.DEFAULT.timeout(50));
    ended.exceptionHandler(cause -> {}).handler(event -> {});
    assertFailed(traces.span("stream late"), "no-event");
  }

  @Test
  void whateverEndsItNoSpanIsLeft(Server server) {
    var traces = Traces.of(server.vertx());
    var events = server.events();
    failure(events.emit("early", 1));
    failure(events.on("early", 1));
    assertFailed(traces.span("publish early"), "not-deployed");
    assertFailed(traces.span("wait early"), "not-deployed");
    server.deploy();
    result(events.emit("quiet", 1));
    var closed = server.events();
    for (var id = 0; id < 3; id++) {
      closed.listen("closed", id);
      closed.stream("closed", id);
    }
    result(closed.listen("closed", 3).subscribed());
    result(closed.close());
    events.listen("cancelled", 1).cancel();
    var drained = events.listen("drained", 1);
    result(drained.subscribed());
    events.stream("drained", 1);
    server.undeploy();
    assertThat(failure(drained.future())).isNotNull();
    assertFailed(traces.span("wait drained"), "draining");
    assertFailed(traces.span("stream drained"), "draining");
    traces.awaitAllEnded();
  }

  /** Throws whatever it is asked. */
  private static final class Broken implements ServerEventsTracing {

    /** A span that does the same. */
    private static final class BrokenSpan implements Span {
      @Override
      public Span begin(Operation operation) {
        throw new IllegalStateException(operation.name());
      }

      @Override
      public Map<String, String> headers() {
        throw new IllegalStateException("headers");
      }

      @Override
      public Runnable enter() {
        throw new IllegalStateException("enter");
      }

      @Override
      public void end(@Nullable Throwable cause) {
        throw new IllegalStateException("end");
      }
    }

    private boolean begins = true;

    @Override
    public Span begin(Operation operation, String name, String id) {
      begins = !begins;
      if (begins) {
        throw new IllegalStateException(operation.name());
      }
      return new BrokenSpan();
    }
  }

  @Test
  void aTracingThatThrowsDisturbsNothing(Server server) {
    ServerEventsTracing.set(server.vertx(), new Broken());
    server.deploy();
    var events = server.events();
    var working = work(events, job -> Future.succeededFuture("done"));
    for (var i = 0; i < 3; i++) {
      assertThat(result(request(events, WATCHING).future()).get(0)).isEqualTo("done");
    }
    result(working.close());
  }
}
