package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The page about a client, which has two programs.
 *
 * @param worker the first, which works on jobs
 * @param asker the second, which asks for one
 * @param output what the second prints
 */
record ReadmeOfClient(String worker, String asker, String output) {

  private static final Pattern PROGRAM =
      Pattern.compile("(?m)^```(?:js|python)\n((?:.*\n)*?)```\n(?:```text\n((?:.*\n)*?)```)?");

  static ReadmeOfClient of(Client client) {
    try {
      var programs = PROGRAM.matcher(Files.readString(client.page())).results().toList();
      assertThat(programs).as("programs of %s", client.page()).hasSize(2);
      return of(programs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReadmeOfClient of(List<MatchResult> programs) {
    return new ReadmeOfClient(
        programs.get(0).group(1), programs.get(1).group(1), programs.get(1).group(2));
  }
}
