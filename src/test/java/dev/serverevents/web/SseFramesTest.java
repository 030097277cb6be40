package dev.serverevents.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Failure;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.StreamEvent.Progress;
import dev.serverevents.StreamEvent.Result;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class SseFramesTest {

  private final SseFrames frames = new SseFrames();

  @Test
  void oneEventIsMadeOnceForAllStreamsThoughThereAreGapsBetween() {
    var args = args("[1]");
    var failed = new EventFailureException("pi", "1", 1, "no", null);
    var firstGap = frames.of(new Gap(Gap.Reason.SLOW_READER));
    for (var shared :
        new StreamEvent[][] {
          {new Progress(args), new Progress(args)}, {new Failure(failed), new Failure(failed)}
        }) {
      var first = frames.of(shared[0], "1");
      assertThat(frames.of(new Gap(Gap.Reason.SLOW_READER))).isSameAs(firstGap);
      assertThat(frames.of(shared[1], "1")).isSameAs(first);
    }
    assertThat(firstGap).hasToString("event: gap\ndata: {\"reason\":\"SLOW_READER\"}\n\n");
  }

  @Test
  void oneEventWithAnotherIdOrTypeIsAnotherFrame() {
    var args = args("[1]");
    assertThat(frames.of(new Progress(args), "progress-1"))
        .hasToString("id: progress-1\nevent: progress\ndata: [1]\n\n");
    assertThat(frames.of(new Progress(args), "progress-2"))
        .hasToString("id: progress-2\nevent: progress\ndata: [1]\n\n");
    var result = new Result(args);
    assertThat(frames.of(result, frames.id(result)))
        .hasToString("id: %s\nevent: result\ndata: [1]\n\n".formatted(frames.id(result)));
  }

  @Test
  void everyLineIsALineOfData() {
    assertThat(frames.of(new Result(args("[1,\r\n2,\r3,\n4]")), "1"))
        .hasToString("id: 1\nevent: result\ndata: [1,\ndata: 2,\ndata: 3,\ndata: 4]\n\n");
  }

  @Test
  void theIdOfAResultIsOfItsDataAlone() {
    var one = new Result(args("[1]"));
    var same = new Result(args("[1]"));
    var other = new Result(args("[2]"));
    assertThat(frames.id(one)).isEqualTo(frames.id(same)).isNotEqualTo(frames.id(other));
  }

  private static EventArgs args(String json) {
    return EventArgs.ofJson(Buffer.buffer(json));
  }
}
