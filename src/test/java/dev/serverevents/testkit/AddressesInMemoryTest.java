package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventReplyException;
import dev.serverevents.Job;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The addresses of the event bus on the kit. */
@ExtendWith(ServerEventsExtension.class)
class AddressesInMemoryTest {

  private static final String ON = "server-events.on";
  private static final String EMIT = "server-events.emit";
  private static final String STREAM = "server-events.stream";

  private InMemoryServerEvents kit;
  private EventBus bus;

  @BeforeEach
  void take(InMemoryServerEvents ofThisTest) {
    kit = ofThisTest;
    bus = kit.vertx().eventBus();
  }

  private static JsonObject event() {
    return new JsonObject().put("name", "job").put("id", 1);
  }

  private <T> Future<T> request(String address, JsonObject body) {
    Future<T> reply = bus.<T>request(address, body).map(message -> message.body());
    kit.settle();
    return reply;
  }

  private static void assertFailed(Future<?> reply, int code, Cause cause) {
    assertThat(reply.cause())
        .isInstanceOfSatisfying(
            EventReplyException.class,
            failure -> {
              assertThat(failure.failureCode()).isEqualTo(code);
              assertThat(failure.cause()).isEqualTo(cause);
            });
  }

  @Test
  void aWaitGetsWhatIsEmitted() {
    var wait = this.<JsonArray>request(ON, event());
    var emitted =
        this.<JsonObject>request(EMIT, event().put("args", new JsonArray().add("done").add(2)));
    assertThat(wait.result()).isEqualTo(JsonArray.of("done", 2));
    assertThat(emitted.result()).isEqualTo(new JsonObject().put("receivers", 1));
    assertThat(kit.assertEmitted("job", 1)).isEqualTo(EventArgs.of("done", 2));
    kit.assertNothingPending();
  }

  @Test
  void aWaitWithoutAnEventTimesOutByTheClock() {
    var wait = request(ON, event().put("timeout", 20_000));
    kit.clock().advance(Duration.ofMillis(19_999));
    assertThat(wait.isComplete()).isFalse();
    kit.clock().advance(Duration.ofSeconds(1));
    assertFailed(wait, 504, Cause.NO_EVENT);
  }

  @Test
  void aWaitOfADayTakesNoTimeOfTheEventBus() {
    var options = new DeliveryOptions().setSendTimeout(Duration.ofDays(2).toMillis());
    var wait = bus.request(ON, event().put("timeout", Duration.ofDays(1).toMillis()), options);
    kit.clock().advance(Duration.ofDays(1).plusSeconds(1));
    assertFailed(wait, 504, Cause.NO_EVENT);
  }

  @Test
  void aFailureAndAFaultHaveTheirCodeAndCause() {
    kit.fail("job", 422, "no such thing");
    assertFailed(request(ON, event()), 422, Cause.FAILURE);
    kit.redisRefuses("NOPERM no permission");
    assertFailed(request(EMIT, event()), 503, Cause.REDIS_REFUSED);
    assertFailed(request(ON, event().put("id", 1.5)), 400, Cause.INVALID);
  }

  @Test
  void aJobIsHandedOverAtAnAddressToAWorkerOfTheKit() {
    kit.answer("job", job -> job.id());
    bus.<JsonObject>consumer(
        "jobs", job -> kit.take(Job.from(job.body())).onComplete(taken -> job.reply("taken")));
    var wait = this.<JsonArray>request(ON, event().put("handOver", "jobs").put("direct", true));
    assertThat(wait.result()).isEqualTo(JsonArray.of("1"));
    assertFailed(request(ON, event().put("handOver", "nobody")), 502, Cause.NOT_HANDED_OVER);
  }

  @Test
  void aStreamHasTheProgressAndTheResult() {
    var opened = this.<JsonObject>request(STREAM, event());
    var types = new ArrayList<String>();
    bus.<JsonObject>consumer(
        opened.result().getString("address"),
        message -> types.add(message.body().getString("type")));
    kit.clock().advance(Duration.ofSeconds(1)); // the stream looks for its consumer again and again
    request(EMIT, event().put("args", JsonArray.of(50)).put("progress", true));
    request(EMIT, event().put("args", JsonArray.of("done")));
    assertThat(types).containsExactly("open", "progress", "result", "end");
    kit.assertNothingPending();
  }
}
