package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clients stay small enough to be read as examples. */
class ClientSizeTest {

  private static final Path CLIENTS = Path.of("src", "clients");

  /** The lines with code: neither blank ones, nor comments, nor the docstrings of Python. */
  private static List<String> code(String comment, List<String> lines) {
    var code = new ArrayList<String>();
    var end = "";
    for (var line : lines.stream().map(String::strip).toList()) {
      var isInside = !end.isEmpty();
      if (!isInside) {
        end = line.startsWith("\"\"\"") ? "\"\"\"" : line.startsWith("/*") ? "*/" : "";
      }
      var isText = !end.isEmpty();
      if (isText && line.substring(isInside ? 0 : end.length()).endsWith(end)) {
        end = "";
      }
      if (!isText && !line.isEmpty() && !line.startsWith(comment)) {
        code.add(line);
      }
    }
    return code;
  }

  private static int linesOfCode(String folder, String name) throws IOException {
    var lines = 0;
    try (var files = Files.newDirectoryStream(CLIENTS.resolve(folder), name)) {
      for (var file : files) {
        var comment = file.toString().endsWith(".js") ? "//" : "#";
        lines += code(comment, Files.readAllLines(file)).size();
      }
    }
    return lines;
  }

  /** The second number of each is without its connection to Redis. */
  @ParameterizedTest
  @CsvSource({
    "node, *.js, 440",
    "node, '{index,wire,worker}.js', 334",
    "python/server_events, *.py, 581",
    "python/server_events, '{__init__,_wire,_worker}.py', 400"
  })
  void aClientHasFewLinesOfCode(String folder, String files, int most) throws IOException {
    assertThat(linesOfCode(folder, files)).isBetween(1, most);
  }

  @Test
  void linesThatAreNoCodeAreNotCounted() {
    var javaScript = "// a\n\n/** b */\n#code();\n/**\n * c\n */\n  code(); // d";
    var python = "\"\"\"a\"\"\"\n\n# b\ncode()\n\"\"\"c\n\nd\n\"\"\"\ncode()  # e\n'''code'''";
    assertThat(code("//", javaScript.lines().toList())).containsExactly("#code();", "code(); // d");
    assertThat(code("#", python.lines().toList()))
        .containsExactly("code()", "code()  # e", "'''code'''");
  }
}
