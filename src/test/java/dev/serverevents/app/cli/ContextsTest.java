package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of named places. */
class ContextsTest {

  private static final Context SERVER = new Context("https://events", "secret", null, null);
  private static final Context REDIS =
      new Context(null, null, "redis://:secret@redis.example:7000/2", null);

  @TempDir private Path home;

  private Path file() {
    return Contexts.path(Map.of("XDG_CONFIG_HOME", home.toString(), "HOME", "/nowhere"));
  }

  private void write(String text, String rights) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), text);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(rights));
  }

  @Test
  void itIsInTheFolderForConfiguration() {
    assertThat(file()).isEqualTo(home.resolve("server-events/contexts.json"));
    assertThat(Contexts.path(Map.of("HOME", "/home/me", "XDG_CONFIG_HOME", "")))
        .isEqualTo(Path.of("/home/me/.config/server-events/contexts.json"));
  }

  @Test
  void whatIsSavedIsReadAndIsItsOwnersAlone() throws IOException {
    assertThat(Contexts.read(file()).byName()).isEmpty();
    var contexts = Contexts.read(file()).with("prod", SERVER).with("local", REDIS).use("prod");
    contexts.save();
    assertThat(Contexts.read(file())).isEqualTo(contexts);
    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(contexts.without("prod").current()).isNull();
    assertThat(contexts.without("local").current()).isEqualTo("prod");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void aFileThatIsOpenToOthersIsRefused(String rights) throws IOException {
    write("{}", rights);
    assertThatThrownBy(() -> Contexts.read(file()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"contexts\": []}",
        "{\"contexts\": {\"a\": 1}}",
        "{\"contexts\": {\"a\": {\"uri\": \"secret\"}}}"
      })
  void aFileThatIsMalformedIsRefusedAndNotShown(String text) throws IOException {
    write(text, "rw-------");
    assertThatThrownBy(() -> Contexts.read(file()))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void aNameThatIsNoneIsRefusedWithThoseThereAre() {
    var contexts = new Contexts(file(), null, Map.of("prod", SERVER, "local", REDIS));
    assertThatThrownBy(() -> contexts.get("prd"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("prd")
        .hasMessageContaining("local, prod");
    assertThatThrownBy(() -> contexts.use("prd")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> contexts.without("prd")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void noSecretIsShown() {
    for (var context : new Context[] {SERVER, REDIS}) {
      assertThat(context.text() + context.shown()).doesNotContain("secret");
    }
    assertThat(REDIS.text()).isEqualTo("redis://redis.example:7000");
    assertThat(new Context(null, null, "redis://u:p@[::1]:6379", null).text())
        .isEqualTo("redis://[::1]:6379");
  }
}
