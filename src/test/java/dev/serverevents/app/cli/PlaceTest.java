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
import org.junit.jupiter.params.provider.ValueSource;
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
    "http://h:0, --url's port is \"0\": it must be an integer from 1 to 65535",
    "http://h:65536, --url's port is \"65536\": it must be an integer from 1 to 65535",
    "http://h:-1, --url's port is \"-1\": it must be an integer from 1 to 65535",
    "http://h:abc/path, --url's port is \"abc\": it must be an integer from 1 to 65535",
    "http://u:secret@h:1, --url is \"(not shown)\": it must be http://host[:port][/path] or https://",
    "redis://h, --url is \"redis://h\": it must be http://host[:port][/path] or https://"
  })
  void aUrlThatIsWrongIsRefusedForWhatIsWrongWithIt(String url, String message) {
    assertThatThrownBy(() -> given("--url", url))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://h", "http://h:1", "https://[::1]:65535/path", "http://h:8080"})
  void aUrlOfAServerIsTaken(String url) {
    assertThat(given("--url", url).url()).isEqualTo(url);
  }

  @Test
  void aFileOfAKeyThatIsNoTextIsRefused(@TempDir Path folder) throws IOException {
    var file = Files.write(folder.resolve("key"), new byte[] {(byte) 0xff}).toString();
    assertThatThrownBy(() -> given("--url", URL, "--key-file", file))
        .hasMessageEndingWith(": it must be UTF-8 without a byte order mark");
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
