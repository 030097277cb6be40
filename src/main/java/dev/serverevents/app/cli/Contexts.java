package dev.serverevents.app.cli;

import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.TextFile;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file of named places, in the user's folder for configuration. It may have keys and passwords,
 * so nobody else may read it.
 *
 * @param current the name of the one that is used where nothing else is said, or null
 */
record Contexts(Path file, @Nullable String current, Map<String, Context> byName) {

  private static final String FIELD = "--context";
  private static final Set<PosixFilePermission> OF_OWNER =
      PosixFilePermissions.fromString("rwx------");

  /** Keeps a copy. */
  Contexts {
    byName = Map.copyOf(byName);
  }

  /** Where the file is. */
  static Path path(Map<String, String> environment) {
    var folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
    var base =
        folder.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".config")
            : Path.of(folder);
    return base.resolve("server-events").resolve("contexts.json");
  }

  /** Reads the file, which need not be there; throws {@link InvalidInputException}. */
  static Contexts read(Path file) {
    if (Files.notExists(file)) {
      return new Contexts(file, null, Map.of());
    }
    try {
      checkRights(file);
      return of(file, new JsonObject(TextFile.read(FIELD, file)));
    } catch (IOException unreadable) {
      throw wrong(file, "must be a file that can be read");
    } catch (DecodeException | ClassCastException malformed) {
      throw wrong(file, "must be {\"current\": NAME, \"contexts\": {NAME: {...}}}");
    }
  }

  private static Contexts of(Path file, JsonObject json) {
    var byName = new TreeMap<String, Context>();
    var contexts = Fields.object("contexts", json.getValue("contexts"));
    for (var name : contexts.fieldNames()) {
      var at = "contexts." + name;
      byName.put(name, Context.of(at, Fields.object(at, contexts.getValue(name))));
    }
    return new Contexts(file, json.getString("current"), byName);
  }

  private static void checkRights(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")
        && !OF_OWNER.containsAll(Files.getPosixFilePermissions(file))) {
      throw wrong(file, "must be readable by its owner alone: chmod 600 " + file);
    }
  }

  private static InvalidInputException wrong(Path file, String rule) {
    return new InvalidInputException(FIELD, file.toString(), rule);
  }

  /** The one of a name; throws {@link InvalidInputException} if there is none. */
  Context get(String name) {
    var found = byName.get(name);
    if (found == null) {
      throw new InvalidInputException(
          FIELD, name, "must be one of those in %s: %s".formatted(file, names()));
    }
    return found;
  }

  private String names() {
    return byName.isEmpty() ? "there is none" : String.join(", ", new TreeMap<>(byName).keySet());
  }

  /** The same with one more, or another one of that name. */
  Contexts with(String name, Context context) {
    var all = new TreeMap<>(byName);
    all.put(name, context);
    return new Contexts(file, current, all);
  }

  /** The same without one. */
  Contexts without(String name) {
    get(name);
    var all = new TreeMap<>(byName);
    all.remove(name);
    return new Contexts(file, name.equals(current) ? null : current, all);
  }

  /** The same with another current one. */
  Contexts use(String name) {
    get(name);
    return new Contexts(file, name, byName);
  }

  /** Writes the file, in the place of the old one as a whole. */
  void save() {
    var contexts = new JsonObject();
    new TreeMap<>(byName).forEach((name, context) -> contexts.put(name, context.toJson()));
    var json = new JsonObject().put("current", current).put("contexts", contexts);
    try {
      var folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      var written = Files.createTempFile(folder, "contexts", ".json"); // its owner's alone
      Files.writeString(written, json.encodePrettily() + "\n");
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException cause) {
      throw new UncheckedIOException("cannot write " + file, cause);
    }
  }
}
