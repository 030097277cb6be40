package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testkit.InMemoryServerEvents;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests that the tutorial shows pass; {@code mvn -Pit verify} runs them as a user does. */
class TutorialTestsTest {

  @Test
  void theTestsOfTheEndpointPass(@TempDir Path classes) throws ReflectiveOperationException {
    PageProgram.compile(Pages.page("tutorial.md"), UnaryOperator.identity(), classes);
    var type = PageProgram.load(classes, "ApiTest");
    var tests =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .toList();
    assertThat(tests).hasSize(5);
    for (var test : tests) {
      try (var kit = InMemoryServerEvents.create()) {
        var instance = type.getConstructor().newInstance();
        type.getMethod("start", InMemoryServerEvents.class).invoke(instance, kit);
        test.invoke(instance);
      }
    }
  }
}
