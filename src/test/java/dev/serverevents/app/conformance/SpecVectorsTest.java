package dev.serverevents.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.conformance.WireOps;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Our own code of the wire protocol keeps to the vectors that other languages are tested with. */
class SpecVectorsTest {

  private static final List<Vector> VECTORS = Vector.all();

  @TestFactory
  Stream<DynamicTest> ourOwnCodeKeepsToEachVector() {
    var operations = new WireOps();
    return VECTORS.stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.id(),
                    () -> vector.check(operations.answer(vector.operation(), vector.in()))));
  }

  @Test
  void thereAreManyVectorsAndEachHasANameOfItsOwn() {
    assertThat(VECTORS).hasSizeGreaterThan(150);
    assertThat(VECTORS).extracting(Vector::id).doesNotHaveDuplicates();
    assertThat(VECTORS).extracting(Vector::operation).doesNotContainNull();
  }

  @Test
  void anAnswerThatDiffersFromTheVectorFails() {
    for (var vector : VECTORS) {
      for (var wrong :
          List.of(
              new JsonObject(),
              new JsonObject().put("out", new JsonObject()),
              new JsonObject().put("out", new JsonObject().put("kind", "x")),
              new JsonObject().put("error", "timeout"))) {
        assertThat(failure(vector, wrong)).as(vector.id()).isNotNull();
      }
    }
  }

  private static FailedException failure(Vector vector, JsonObject answer) {
    try {
      vector.check(answer);
      return null;
    } catch (FailedException failed) {
      return failed;
    }
  }
}
