package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.Cause;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With which code a command ends, by what a server answers. */
class ExitTest {

  @ParameterizedTest
  @CsvSource({
    "502, failure, 3",
    "422, failure, 3",
    "504, no-event, 4",
    "504, never-claimed, 4",
    "503, no-worker, 6",
    "503, redis-gap, 5",
    "503, worker-lost, 5",
    "429, limit, 5",
    "400, invalid, 2",
    "409, conflict, 2",
    "500, unexpected, 1",
    "401, , 2",
    "404, , 2"
  })
  void itIsThatOfTheCause(int status, String cause, int code) {
    var problem = ProblemException.of(status, new JsonObject().put("cause", cause));
    assertThat(Exit.of(problem).code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"502", "503", "504"})
  void whatAProxyAnswersProvesNothing(int status) {
    var problem = ProblemException.of(status, new JsonObject());
    assertThat(problem.cause()).isEqualTo(Cause.NOT_DEPLOYED);
    assertThat(Exit.of(problem)).isEqualTo(Exit.UNAVAILABLE);
  }
}
