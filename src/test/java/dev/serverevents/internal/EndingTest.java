package dev.serverevents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.EventFailureException;
import dev.serverevents.EventResults;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.IdempotencyException;
import dev.serverevents.IncompleteException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.QuotaException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.UnavailableException;
import dev.serverevents.WaitCancelledException;
import dev.serverevents.internal.Ending.Kind;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
            Kind.FAILURE,
            422,
            0,
            "no such item"),
        Arguments.of(
            new EventTimeoutException("a", "1", 300),
            Kind.TIMEOUT,
            504,
            1,
            "No event \"a\" with id \"1\" within its timeout of 300 ms"),
        Arguments.of(
            new UnavailableException(SECRET),
            Kind.UNAVAILABLE,
            503,
            1,
            "Waiting and emitting are not possible at present: try again later"),
        Arguments.of(new WaitCancelledException("gone"), Kind.CANCELLED, 499, 0, "gone"),
        Arguments.of(
            new InvalidInputException("timeout", 0, "must be more"),
            Kind.INVALID,
            400,
            0,
            "timeout is 0: it must be more"),
        Arguments.of(
            IdempotencyException.inProgress("k"),
            Kind.CONFLICT,
            409,
            0,
            "The idempotency key \"k\" belongs to an emit that is still under way"),
        Arguments.of(new QuotaException(429, "too much", 7), Kind.LIMIT, 429, 7, "too much"),
        Arguments.of(
            new ReplyException(ReplyFailure.NO_HANDLERS, SECRET),
            Kind.NOT_HANDED_OVER,
            502,
            0,
            "Bad Gateway"),
        Arguments.of(
            new IllegalStateException(SECRET), Kind.UNEXPECTED, 500, 0, "Internal Server Error"));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aCauseDecidesKindStatusAndWords(
      Throwable cause, Kind kind, int status, long retryAfter, String detail) {
    var ending = Ending.of(cause);

    assertThat(ending.kind()).isEqualTo(kind);
    assertThat(ending.status()).isEqualTo(status);
    assertThat(ending.retryAfter()).isEqualTo(retryAfter);
    assertThat(ending.detail()).isEqualTo(detail);
    assertThat(ending.message()).isEqualTo(cause.getMessage());
    assertThat(ending.type()).isEqualTo(kind == Kind.TIMEOUT ? "timeout" : "error");
    assertThat(ending.closeStatus())
        .isEqualTo(
            retryAfter > 0
                ? WebSocketCloseStatus.TRY_AGAIN_LATER
                : WebSocketCloseStatus.POLICY_VIOLATION);
  }

  @Test
  void everyExceptionOfTheApiHasAKindOfItsOwn() {
    var told =
        endings().<Class<?>>map(ending -> ending.get()[0].getClass()).collect(Collectors.toSet());
    told.add(IncompleteException.class); // it has that of its cause

    assertThat(told).contains(ServerEventsException.class.getPermittedSubclasses());
    assertThat(endings().map(ending -> ending.get()[1])).doesNotHaveDuplicates();
    assertThat(Kind.of(null)).isEqualTo(Kind.RESULT);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void whereFewerEventsCameThanWereNeededItIsTheEndingOfTheCause(
      Throwable cause, Kind kind, int status, long retryAfter, String detail) {
    if (cause instanceof ServerEventsException why) {
      var none = new EventResults(Map.of(), Map.of(), List.of("1"));
      var ending = Ending.of(new IncompleteException("a", 1, none, why));

      assertThat(ending.kind()).isEqualTo(kind);
      assertThat(ending.status()).isEqualTo(status);
      assertThat(ending.detail()).endsWith(detail).doesNotContain(SECRET);
      if (!(why instanceof QuotaException)) { // no wait fails with one
        assertThat(ending.retryAfter()).isEqualTo(retryAfter);
      }
    }
  }

  @Test
  void whatIsOurOwnSaysWhatBecameOfWhichEvent() {
    var failure = new EventFailureException("a", "1", 7, "no", new JsonObject().put("b", 2));

    assertThat(Ending.of(failure).members().encode())
        .isEqualTo("{\"name\":\"a\",\"id\":\"1\",\"code\":7,\"data\":{\"b\":2}}");
    assertThat(Ending.of(new EventTimeoutException("a", "1", 300)).members().encode())
        .isEqualTo("{\"name\":\"a\",\"id\":\"1\",\"waited\":300}");
    assertThat(Ending.of(new UnavailableException(SECRET)).members()).isEmpty();
  }

  @Test
  void theRarerKindsShareALabel() {
    var labels =
        Map.of(
            Kind.RESULT, "result",
            Kind.FAILURE, "failure",
            Kind.TIMEOUT, "timeout",
            Kind.UNAVAILABLE, "unavailable",
            Kind.CANCELLED, "cancelled");

    assertThat(List.of(Kind.values()))
        .allSatisfy(kind -> assertThat(kind.label()).isEqualTo(labels.getOrDefault(kind, "other")));
    assertThat(Kind.NOT_HANDED_OVER.word()).isEqualTo("not-handed-over");
  }
}
