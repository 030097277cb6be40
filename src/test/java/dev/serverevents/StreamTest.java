package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.TestBroker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@OnBothBackends
class StreamTest {

  private static final StreamOptions FOLLOW = StreamOptions.DEFAULT.follow(true);

  /** All that a stream brings, as text, and how it ends. */
  private record Read(EventStream stream, List<String> events, Future<Void> end) {
    static Read of(EventStream stream) {
      var events = new CopyOnWriteArrayList<String>();
      var end = Promise.<Void>promise();
      stream
          .exceptionHandler(end::fail)
          .endHandler(end::complete)
          .handler(event -> events.add(text(event)));
      return new Read(stream, events, end.future());
    }

    static Read subscribed(EventStream stream) {
      result(stream.subscribed());
      return of(stream);
    }

    void await(String... texts) {
      Await.untilAsserted(() -> assertThat(events).containsExactly(texts));
    }
  }

  private static String text(StreamEvent event) {
    var json = event.toJson();
    return switch (event.type()) {
      case "failure" -> "failure " + json.getInteger("code") + " " + json.getString("message");
      case "gap" -> "gap " + json.getString("reason");
      default -> event.type() + " " + json.getJsonArray("args").encode();
    };
  }

  @Test
  void progressComesInOrderAndTheResultEndsIt(Server server) {
    server.deploy();
    var events = server.events();
    var read = Read.subscribed(events.stream("pi", 1));
    assertThat(result(events.emitProgress("pi", 1, 10, "%"))).isEqualTo(1);
    result(events.emitProgress("pi", 1, 90, "%"));
    result(events.emit("pi", 1, 3.14));
    result(read.end());
    assertThat(read.events())
        .containsExactly("progress [10,\"%\"]", "progress [90,\"%\"]", "result [3.14]");
  }

  @Test
  void progressIsWhatTheWireProtocolSaysAndEndsNoWait(Server server) {
    server.deploy();
    var wait = server.events().listen("pi", 1);
    var read = Read.subscribed(server.events().stream("pi", 1));
    result(wait.subscribed());
    server.broker().publish("$progress:pi:1", "[\"pi\",\"1\",{\"$failure\":{}}]");
    server.broker().publish("$progress:pi:1", "no event");
    server.broker().publish("$progress:pi:1", "[\"other\",1,2]");
    read.await("progress [{\"$failure\":{}}]");
    assertThat(wait.future().isComplete()).isFalse();
    server.broker().publish("pi:1", "[\"pi\",1,7]");
    assertThat(result(wait.future()).get(0)).isEqualTo(7);
    result(read.end());
    read.await("progress [{\"$failure\":{}}]", "result [7]");
  }

  @Test
  void aFailureEndsItAndIsNoException(Server server) {
    server.deploy();
    var read = Read.subscribed(server.events().stream("pi", 1));
    result(server.events().emitFailure("pi", 1, 422, "no room", null));
    result(read.end());
    read.await("failure 422 no room");
  }

  @Test
  void aTimeoutIsAnException(Server server) {
    server.deploy();
    var read = Read.of(server.events().stream("pi", 1, StreamOptions.DEFAULT.timeout(200)));
    assertThat(Await.failure(read.end())).isInstanceOf(EventTimeoutException.class);
    var early = server.events().stream("pi", 1, StreamOptions.DEFAULT.timeout(1));
    assertThat(Await.failure(Read.of(early).end())).isInstanceOf(ServerEventsException.class);
  }

  @Test
  void oneThatFollowsGoesOnUntilItIsClosed(Server server) {
    server.deploy();
    var events = server.events();
    var read = Read.subscribed(events.stream("pi", 1, FOLLOW));
    result(events.emit("pi", 1, 1));
    result(events.emitFailure("pi", 1, 5, "no", null));
    result(events.emit("pi", 1, 2));
    read.await("result [1]", "failure 5 no", "result [2]");
    read.stream().close();
    result(read.end());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void whatIsFetchedComesAndTheRestWaits(Server server) {
    server.deploy();
    var events = server.events();
    var stream = events.stream("pi", 1).pause();
    var read = Read.subscribed(stream);
    for (var i = 0; i < 3; i++) {
      result(events.emitProgress("pi", 1, i));
    }
    result(events.emit("pi", 1));
    stream.fetch(2);
    read.await("progress [0]", "progress [1]");
    stream.fetch(1);
    read.await("progress [0]", "progress [1]", "progress [2]");
    assertThat(read.end().isComplete()).isFalse();
    assertThatThrownBy(() -> stream.fetch(-1)).isInstanceOf(IllegalArgumentException.class);
    stream.resume();
    result(read.end());
    assertThat(read.events()).endsWith("result []");
  }

  @Test
  void aSlowReaderIsBoundedAndToldAndGetsTheResult(Server server) {
    server.deploy();
    var events = server.events();
    var stream = events.stream("pi", 1).pause();
    var read = Read.subscribed(stream);
    for (var i = 0; i < EventStream.MAX_EVENTS + 10; i++) {
      result(events.emitProgress("pi", 1, i));
    }
    result(events.emit("pi", 1, "result"));
    Await.until(() -> server.broker().channels().isEmpty()); // it has come, and ended the stream
    stream.resume();
    result(read.end());
    assertThat(read.events())
        .hasSize(EventStream.MAX_EVENTS + 1)
        .startsWith("gap SLOW_READER", "progress [11]")
        .endsWith("result [\"result\"]");
  }

  @Test
  void whatASlowReaderKeepsIsBoundedInBytesToo(Server server) {
    server.deploy();
    var events = server.events();
    var stream = events.stream("pi", 1).pause();
    var read = Read.subscribed(stream);
    var large = "x".repeat(EventStream.MAX_BYTES / 4);
    for (var i = 0; i < 10; i++) {
      result(events.emitProgress("pi", 1, large));
    }
    result(events.emit("pi", 1, "result"));
    Await.until(() -> server.broker().channels().isEmpty()); // it has come, and ended the stream
    stream.resume();
    result(read.end());
    assertThat(read.events()).hasSize(5).startsWith("gap SLOW_READER");
  }

  @Test
  void aRetainedResultIsFoundAndTheStreamEnds(Server server) {
    server.deploy();
    result(server.events().emit(EmitOptions.retain(Duration.ofMinutes(1)), "pi", 1, 3));
    var read = Read.of(server.events().stream("pi", 1, StreamOptions.DEFAULT.retained(true)));
    result(read.end());
    read.await("result [3]");
  }

  @Test
  void aReconnectIsToldAsAGapAndWhatWasRetainedMeanwhileComesOnce(Server server) {
    server.deploy();
    var events = server.events();
    var kept = EmitOptions.retain(Duration.ofMinutes(1));
    var read = Read.subscribed(events.stream("pi", 1, FOLLOW.retained(true)));
    var plain = Read.subscribed(events.stream("pi", 1, FOLLOW));
    result(events.emit(kept, "pi", 1, 1));
    read.await("result [1]");
    plain.await("result [1]");
    server.broker().gap();
    read.await("result [1]", "gap RECONNECTED");
    plain.await("result [1]", "gap RECONNECTED");
    result(events.on("pi", 1, WaitOptions.DEFAULT.retained(true))); // behind what is looked up
    server.broker().gap(new TestBroker.Retained("pi", 1, "[\"pi\",1,2]"));
    read.await("result [1]", "gap RECONNECTED", "gap RECONNECTED", "result [2]");
    plain.await("result [1]", "gap RECONNECTED", "gap RECONNECTED");
    read.stream().close();
    plain.stream().close();
  }

  @Test
  void badInputIsAnException(Server server) {
    server.deploy();
    var read = Read.of(server.events().stream("$pi", 1));
    assertThat(Await.failure(read.end())).isInstanceOf(InvalidInputException.class);
    assertThat(Await.failure(read.stream().subscribed())).isInstanceOf(InvalidInputException.class);
    assertThat(Await.failure(server.events().emitProgress("$pi", 1)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void withoutAVerticleItFails(Server server) {
    var read = Read.of(server.events().stream("pi", 1));
    assertThat(Await.failure(read.end())).isInstanceOf(UnavailableException.class);
  }

  @Test
  void undeploymentDoesNotWaitForOneThatHasNoEnd(Server server) {
    server.deploy(server.options().setDrainTimeout(86_400_000));
    var read = Read.subscribed(server.events().stream("pi", 1, FOLLOW));
    server.undeploy();
    assertThat(Await.failure(read.end()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("undeployed");
  }

  @Test
  void closingItsServerEventsEndsIt(Server server) {
    server.deploy();
    var events = server.events();
    var read = Read.subscribed(events.stream("pi", 1, FOLLOW));
    result(events.close());
    assertThat(Await.failure(read.end())).isInstanceOf(WaitCancelledException.class);
  }

  @Test
  void anEndIsToldToAHandlerThatComesLater(Server server) {
    server.deploy();
    var stream = server.events().stream("pi", 1);
    result(stream.subscribed());
    result(server.events().emitProgress("pi", 1, 1));
    result(server.events().emit("pi", 1, 2));
    Await.until(() -> server.broker().channels().isEmpty());
    var read = Read.of(stream);
    result(read.end());
    read.await("progress [1]", "result [2]");
  }

  @Test
  void whatAHandlerThrowsIsReportedAndTheRestComes(Server server) {
    server.deploy();
    var thrown = new CopyOnWriteArrayList<Throwable>();
    var seen = new CopyOnWriteArrayList<String>();
    var ended = Promise.<Void>promise();
    var context = server.vertx().getOrCreateContext();
    context.exceptionHandler(thrown::add);
    var opened = Promise.<EventStream>promise();
    context.runOnContext(
        v -> {
          var stream = server.events().stream("throws", 1);
          stream
              .pause()
              .handler(
                  event -> {
                    seen.add(event.type());
                    throw new IllegalStateException(event.type());
                  })
              .endHandler(
                  end -> {
                    ended.complete();
                    throw new IllegalStateException("end");
                  });
          stream.subscribed().map(stream).onComplete(opened);
        });
    var stream = result(opened.future());
    var events = server.events();
    result(events.emitProgress("throws", 1, 1));
    result(events.emitProgress("throws", 1, 2));
    result(events.emit("throws", 1, 3));
    Await.until(() -> server.broker().channels().isEmpty()); // it has come, and ended the stream
    stream.resume();
    result(ended.future());
    assertThat(seen).containsExactly("progress", "progress", "result");
    Await.untilAsserted(
        () ->
            assertThat(thrown)
                .extracting(Throwable::getMessage)
                .containsExactly("progress", "progress", "result", "end"));
  }

  @Test
  void failuresThatASlowReaderKeepsAreBoundedAsResultsAre(Server server) {
    server.deploy();
    var events = server.events();
    var stream = events.stream("pi", 1, FOLLOW).pause();
    var read = Read.subscribed(stream);
    var large = "x".repeat(EventStream.MAX_BYTES / 4);
    for (var i = 0; i < 10; i++) {
      result(events.emitFailure("pi", 1, i, "no", large));
    }
    result(events.emit("pi", 1, "last"));
    result(events.on("pi", 1, 100).otherwiseEmpty()); // all that was emitted before has come
    stream.resume();
    read.await(
        "gap SLOW_READER", "failure 7 no", "failure 8 no", "failure 9 no", "result [\"last\"]");
    stream.close();
    result(read.end());
  }
}
