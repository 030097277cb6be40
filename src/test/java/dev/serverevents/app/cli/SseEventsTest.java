package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.Cause;
import dev.serverevents.StreamEvent;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a stream over HTTP brings. */
class SseEventsTest {

  private static final EventId OF = new EventId("orders.priced", "7");

  /** A body that comes in pieces of one byte each. */
  private static final class Body implements ReadStream<Buffer> {
    private final Buffer bytes;
    private int at;
    private long demand = Long.MAX_VALUE;
    private boolean isEnded;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;

    Body(String text) {
      bytes = Buffer.buffer(text);
    }

    private void push() {
      while (demand > 0 && at < bytes.length() && handler != null) {
        demand--;
        at++;
        handler.handle(bytes.getBuffer(at - 1, at));
      }
      if (at == bytes.length() && demand > 0 && !isEnded && endHandler != null) {
        isEnded = true;
        endHandler.handle(null);
      }
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> none) {
      return this;
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
      this.handler = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      demand = 0;
      return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
      return fetch(Long.MAX_VALUE);
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      demand = Math.max(demand, demand + amount);
      push();
      return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> endHandler) {
      this.endHandler = endHandler;
      return this;
    }
  }

  private static SseEvents events(String text, boolean follows) {
    return new SseEvents(OF, follows, new Body(text));
  }

  @Test
  void itReadsEachKindOfEventAndEndsAfterTheResult() {
    var events =
        events(
            """
            :

            id: progress-1
            event: progress
            data: [50,
            data:  "%"]

            :

            event: gap
            data: {"reason":"SLOW_READER"}

            id: result-1
            event: result
            data: [42]

            """,
            false);
    assertThat(events.next())
        .isInstanceOfSatisfying(
            StreamEvent.Progress.class,
            event -> assertThat(event.args().list()).containsExactly(50, "%"));
    assertThat(events.next()).isEqualTo(new StreamEvent.Gap(StreamEvent.Gap.Reason.SLOW_READER));
    assertThat(events.next())
        .isInstanceOfSatisfying(
            StreamEvent.Result.class, event -> assertThat(event.args()).hasToString("[42]"));
    assertThat(events.next()).isNull();
  }

  @Test
  void aFailureEndsItUnlessItFollows() {
    var failure = "event: failure\ndata: {\"code\":422,\"message\":\"no\",\"detail\":[7]}\n\n";
    var ending = events(failure, false);
    assertThat(ending.next())
        .isInstanceOfSatisfying(
            StreamEvent.Failure.class,
            event -> {
              assertThat(event.cause().code()).isEqualTo(422);
              assertThat(event.cause()).hasMessage("no");
              assertThat(event.cause().detail()).hasToString("[7]");
            });
    assertThat(ending.next()).isNull();
    var following = events(failure + failure, true);
    assertThat(following.next()).isInstanceOf(StreamEvent.Failure.class);
    assertThat(following.next()).isInstanceOf(StreamEvent.Failure.class);
  }

  @Test
  void aTimeoutIsThrownWithItsCause() {
    var events = events("event: timeout\ndata: {\"waited\":300,\"cause\":\"no-event\"}\n\n", false);
    assertThatThrownBy(events::next)
        .hasMessageContaining("300 ms")
        .satisfies(failure -> assertThat(Cause.of(failure)).isEqualTo(Cause.NO_EVENT));
  }

  @Test
  void anEndBeforeTheEventIsNoResult() {
    var events = events(":\n\nevent: progress\ndata: [1]\n\n", false);
    assertThat(events.next()).isInstanceOf(StreamEvent.Progress.class);
    assertThatThrownBy(events::next)
        .satisfies(failure -> assertThat(Exit.of(failure)).isEqualTo(Exit.UNAVAILABLE));
  }
}
