package dev.serverevents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import dev.serverevents.EventFailureException;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.IdempotencyException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.NoWorkerException;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.Timeline;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.WorkerLostException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What all ways in say of an ending. */
class EndingTest {

  private static final String SECRET = "Redis at redis-7.internal:6379: Connection refused";

  static Stream<Arguments> endings() {
    return Stream.of(
        Arguments.of(
            new EventFailureException("a", "1", 422, "no such item", "x"),
            Cause.FAILURE,
            422,
            0,
            "no such item"),
        Arguments.of(
            new EventTimeoutException("a", "1", 300),
            Cause.NO_EVENT,
            504,
            1,
            "No event \"a\" with id \"1\" within its timeout of 300 ms"),
        Arguments.of(
            new UnavailableException(Cause.REDIS_AWAY, SECRET),
            Cause.REDIS_AWAY,
            503,
            1,
            "Waiting and emitting are not possible at present: try again later"),
        Arguments.of(
            EventTimeoutException.neverClaimed("a", "1", 300),
            Cause.NEVER_CLAIMED,
            504,
            1,
            "No worker claimed the job of \"a\" with id \"1\" within its timeout of 300 ms"),
        Arguments.of(
            new NoWorkerException("a", "1"),
            Cause.NO_WORKER,
            503,
            1,
            "No worker serves \"a\": nobody would do the job of id \"1\""),
        Arguments.of(
            WorkerLostException.gone("a", "1", SECRET),
            Cause.WORKER_LOST,
            503,
            1,
            "The worker that had the job is gone"),
        Arguments.of(
            WorkerLostException.stalled("a", "1", SECRET, 500),
            Cause.STALLED,
            503,
            1,
            "The worker that has the job has shown no sign of life for too long"),
        Arguments.of(
            new WaitCancelledException(Cause.CANCELLED, "no more"),
            Cause.CANCELLED,
            499,
            0,
            "no more"),
        Arguments.of(
            new WaitCancelledException(Cause.CLIENT_GONE, "gone"),
            Cause.CLIENT_GONE,
            499,
            0,
            "gone"),
        Arguments.of(
            new InvalidInputException("timeout", 0, "must be more"),
            Cause.INVALID,
            400,
            0,
            "timeout is 0: it must be more"),
        Arguments.of(
            IdempotencyException.inProgress("k"),
            Cause.CONFLICT,
            409,
            0,
            "The idempotency key \"k\" belongs to an emit that is still under way"),
        Arguments.of(new QuotaException(429, "too much", 7), Cause.LIMIT, 429, 7, "too much"),
        Arguments.of(
            new ReplyException(ReplyFailure.NO_HANDLERS, SECRET),
            Cause.NOT_HANDED_OVER,
            502,
            0,
            "Bad Gateway"),
        Arguments.of(
            new IllegalStateException(SECRET), Cause.UNEXPECTED, 500, 0, "Internal Server Error"));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aFailureDecidesCauseStatusAndWords(
      Throwable failure, Cause cause, int status, long retryAfter, String detail) {
    var ending = Ending.of(failure);

    assertThat(ending.cause()).isEqualTo(cause);
    assertThat(ending.status()).isEqualTo(status);
    assertThat(ending.retryAfter()).isEqualTo(retryAfter);
    assertThat(ending.detail()).isEqualTo(detail);
    assertThat(ending.message()).isEqualTo(failure.getMessage());
    assertThat(ending.type()).isEqualTo(status == 504 ? "timeout" : "error");
    assertThat(ending.closeStatus())
        .isEqualTo(
            retryAfter > 0
                ? WebSocketCloseStatus.TRY_AGAIN_LATER
                : WebSocketCloseStatus.POLICY_VIOLATION);
  }

  @Test
  void everyExceptionOfTheApiHasCausesOfItsOwn() {
    List<Class<?>> told = endings().<Class<?>>map(ending -> ending.get()[0].getClass()).toList();

    assertThat(told).contains(ServerEventsException.class.getPermittedSubclasses());
    assertThat(endings().map(ending -> ending.get()[1])).doesNotHaveDuplicates();
    assertThat(Cause.of(null)).isEqualTo(Cause.RESULT);
  }

  @Test
  void whatIsOurOwnSaysWhatBecameOfWhichEvent() {
    var failure = new EventFailureException("a", "1", 7, "no", new JsonObject().put("b", 2));

    assertThat(Ending.of(failure).members().encode())
        .isEqualTo("{\"name\":\"a\",\"id\":\"1\",\"code\":7,\"data\":{\"b\":2}}");
    assertThat(Ending.of(new EventTimeoutException("a", "1", 300)).members().encode())
        .isEqualTo("{\"name\":\"a\",\"id\":\"1\",\"waited\":300}");
    assertThat(Ending.of(new UnavailableException(Cause.REDIS_AWAY, SECRET)).members()).isEmpty();
  }

  @Test
  void theTimeLineIsToldWithoutTheWorker() {
    var whole = new Timeline(1L, 2L, 3L, "worker-7.internal", 4L, 5L);
    var stalled = WorkerLostException.stalled("a", "1", "worker-7.internal", 500).at(whole);

    assertThat(Ending.of(stalled).explain(new JsonObject()).encode())
        .isEqualTo(
            "{\"cause\":\"stalled\",\"timeline\":{\"subscribed\":1,\"handedOver\":2,"
                + "\"claimed\":3,\"progress\":4,\"lost\":5}}");
    assertThat(Ending.of(stalled).isForTheLog()).isTrue();
    assertThat(Ending.of(new IllegalStateException()).explain(new JsonObject()).encode())
        .isEqualTo("{\"cause\":\"unexpected\"}");
  }
}
