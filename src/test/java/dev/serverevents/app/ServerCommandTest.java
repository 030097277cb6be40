package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which command lines need no parser. */
class ServerCommandTest {

  private static String[] words(String line) {
    return line.isEmpty() ? new String[0] : line.split(" ", -1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "-conf a.json", "--conf a.json", "serve -conf a.json"})
  void aFileAloneNeedsNone(String line) {
    assertThat(ServerCommand.ifPlain(words(line))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "serve --help",
        "emit a 1",
        "serve serve",
        "-conf",
        "-conf=a.json",
        "-conf @a.txt",
        "-conf --help",
        "-conf a.json emit",
        "-conf a.json -conf b.json",
        "-conf "
      })
  void allElseIsParsed(String line) {
    assertThat(ServerCommand.ifPlain(words(line))).isEmpty();
  }
}
