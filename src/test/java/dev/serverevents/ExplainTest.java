package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What servers remember of an event, and tell each other. */
@OnBothBackends
class ExplainTest {

  private static List<String> steps(Explanation explanation) {
    return explanation.timeline().stream().map(Explanation.Step::what).toList();
  }

  @Test
  void aServerThatDidNotWaitKnowsWhatHappened(Server server, Server other) {
    server.deploy();
    other.deploy();
    var events = server.events();
    assertThat(result(other.events().explain("told", 1)).cause()).isEqualTo("unknown");
    var wait = events.listen("told", 1);
    result(wait.subscribed());
    var pending = result(other.events().explain("told", 1));
    assertThat(pending.cause()).isEqualTo("pending");
    assertThat(steps(pending)).containsExactly("waiting", "subscribed");
    result(events.emit("told", 1, "there"));
    result(wait.future());
    var ended = result(other.events().explain("told", 1));
    assertThat(ended.cause()).isEqualTo("result");
    assertThat(steps(ended)).contains("waiting", "subscribed", "emitted", "event");
    failure(events.on("told", 1, 100));
    assertThat(result(other.events().explain("told", 1)).cause()).isEqualTo("no-event");
    var overview = result(other.events().overview());
    assertThat(overview.servers()).hasSize(2);
    assertThat(overview.missing()).isZero();
    var cancelled = events.listen("told", 2);
    result(cancelled.subscribed());
    assertThat(result(other.events().cancelAll("told", 2))).isEqualTo(1);
    Await.until(() -> cancelled.future().failed());
    assertThat(Cause.of(cancelled.future().cause())).isEqualTo(Cause.CANCELLED);
  }
}
