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

class SseDataTest {

  private final SseData data = new SseData();

  @Test
  void oneEventIsMadeOnceForAllStreamsThoughThereAreGapsBetween() {
    var args = EventArgs.ofJson(Buffer.buffer("[1]"));
    var failed = new EventFailureException("pi", "1", 1, "no", null);
    var gap = new Gap(Gap.Reason.SLOW_READER);
    var firstGap = data.of(gap);
    for (var shared :
        new StreamEvent[][] {
          {new Progress(args), new Progress(args)}, {new Failure(failed), new Failure(failed)}
        }) {
      var first = data.of(shared[0]);
      assertThat(data.of(new Gap(Gap.Reason.SLOW_READER))).isSameAs(firstGap);
      assertThat(data.of(shared[1])).isSameAs(first);
    }
    assertThat(firstGap).hasToString("{\"reason\":\"SLOW_READER\"}");
  }

  @Test
  void everyLineIsALineOfData() {
    var args = EventArgs.ofJson(Buffer.buffer("[1,\r\n2,\r3,\n4]"));
    assertThat(data.of(new Result(args))).hasToString("[1,\ndata: 2,\ndata: 3,\ndata: 4]");
  }

  @Test
  void theHashIsOfTheDataAlone() {
    var one = new Result(EventArgs.ofJson(Buffer.buffer("[1]")));
    var same = new Result(EventArgs.ofJson(Buffer.buffer("[1]")));
    var other = new Result(EventArgs.ofJson(Buffer.buffer("[2]")));
    assertThat(data.hash(one)).isEqualTo(data.hash(same)).isNotEqualTo(data.hash(other));
  }
}
