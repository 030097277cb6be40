package dev.serverevents.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * The classes of the library and of the simulation once more, with a mutation: it compiles the file
 * that is changed, and takes the others as they are.
 */
final class MutatedClasses extends ClassLoader {

  private static final Path SOURCES = Path.of("src/main/java");
  private static final String OURS = "dev.serverevents.";
  private static final String INTERNAL = "dev/serverevents/internal/";

  private final Path directory;

  private MutatedClasses(Path directory) {
    super(MutatedClasses.class.getClassLoader());
    this.directory = directory;
  }

  /** Compiles a mutation into a directory, and makes a {@link SeedRunner} of what it leads to. */
  @SuppressWarnings("unchecked") // every SeedRunner is one
  static LongFunction<String> runner(Mutation mutation, Path directory) {
    compile(mutation, directory);
    try {
      return (LongFunction<String>)
          new MutatedClasses(directory)
              .loadClass(SeedRunner.class.getName())
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void compile(Mutation mutation, Path directory) {
    var path = INTERNAL + mutation.file + ".java";
    try {
      var text = Files.readString(SOURCES.resolve(path));
      assertThat(text.split(Pattern.quote(mutation.original), -1))
          .as("%s has one place for %s", path, mutation)
          .hasSize(2);
      var source = directory.resolve("source").resolve(path);
      Files.createDirectories(source.getParent());
      Files.writeString(source, text.replace(mutation.original, mutation.replacement));
      var messages = new ByteArrayOutputStream();
      var result =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  messages,
                  messages,
                  "-nowarn",
                  "-proc:none",
                  "-d",
                  directory.toString(),
                  "-cp",
                  classPath(),
                  source.toString());
      assertThat(result).as("%s: %s", mutation, messages).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      var loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    var path = name.replace('.', '/') + ".class";
    var mutated = directory.resolve(path);
    try (var in =
        Files.exists(mutated)
            ? Files.newInputStream(mutated)
            : getParent().getResourceAsStream(path)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      var bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
