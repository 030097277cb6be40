package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The options that name a server or a Redis, and which of them go together. */
class PlaceTest {

  private static final String URL = "http://localhost:8080";

  private static Context given(String... options) {
    return CommandLine.populateCommand(new Place(), options).given();
  }

  @Test
  void aKeyStandsThereOrInAFile(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("key"), "secret\n").toString();
    assertThat(given("--url", URL, "--key", "secret"))
        .isEqualTo(given("--url", URL, "--key-file", file));
  }

  @ParameterizedTest
  @CsvSource({
    "--url http://localhost --key secret --key-file f, --key, --key-file",
    "--key secret, --key, --url",
    "--key-file f, --key, --url",
    "--url http://localhost --redis redis://localhost, --url, --redis"
  })
  void whatDoesNotGoTogetherIsRefusedAndBothAreNamed(String options, String one, String other) {
    assertThatThrownBy(() -> given(options.split(" ", -1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(one + " is ")
        .hasMessageContaining(other)
        .message()
        .doesNotContain("secret");
  }
}
