package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How arguments are read from words and from standard input. */
class ArgumentsTest {

  private static InputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String of(String... words) throws IOException {
    return Arguments.of(List.of(words), false, input("[1, \"two\"]\n")).toString();
  }

  @Test
  void aWordIsJsonIfItCanBeAndElseAString() throws IOException {
    assertThat(of()).isEqualTo("[]");
    assertThat(of("4.20", "EUR", "true", "null", "\"7\"", "{\"a\": 1}", "[1, 2]", "[", "1 2", ""))
        .isEqualTo("[4.20,\"EUR\",true,null,\"7\",{\"a\":1},[1,2],\"[\",\"1 2\",\"\"]");
  }

  @Test
  void asTextEachWordIsAString() throws IOException {
    var args = Arguments.of(List.of("42", "-", "{}"), true, input(""));
    assertThat(args).hasToString("[\"42\",\"-\",\"{}\"]");
  }

  @Test
  void aSingleDashReadsStandardInput() throws IOException {
    assertThat(of("-")).isEqualTo("[1,\"two\"]");
    assertThat(of("-", "-")).isEqualTo("[\"-\",\"-\"]");
    assertThat(Arguments.of(List.of("-"), false, input("{\"a\":1}"))).hasToString("[{\"a\":1}]");
    assertThatThrownBy(() -> Arguments.of(List.of("-"), false, input("nothing")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("standard input");
  }
}
