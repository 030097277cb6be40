package dev.serverevents.app;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code java -jar server-events.jar rehearse}: has a JVM like this one start a server, with an
 * embedded Redis, and keep what it has loaded, linked and learned. What it keeps is for this jar in
 * this place, and for this build of this JVM; any other one passes it over. Not all JVMs find out
 * that the jar is another one, so that what is kept has the time of the jar, and the script looks.
 */
@Command(
    name = RehearseCommand.NAME,
    description =
        "Rehearses a start, and writes what the JVM needs for it beside the jar, in a file that"
            + " ends with .jsa: with -XX:SharedArchiveFile, the next starts take half as long.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:It is written.",
      "1:It cannot be written.",
      "2:The command line is wrong.",
      "6:The embedded Redis does not start."
    })
final class RehearseCommand implements Callable<Integer> {

  /** Its name on the command line. */
  static final String NAME = "rehearse";

  /** The variable that says where the rehearsed server is to listen. */
  static final String PORT = "SERVER_EVENTS_HTTP_PORT";

  /** The class {@code Rehearsal}, by its name alone: it starts what has this command. */
  private static final String REHEARSAL = RehearseCommand.class.getPackageName() + ".Rehearsal";

  /** Since then what is written is an AOT cache (JEP 514), which has more than an archive. */
  private static final int AOT_CACHES = 25;

  /** Returns the exit code, and prints why it is not 0. */
  @Override
  public Integer call() throws IOException, InterruptedException, URISyntaxException {
    var jar = Path.of(getClass().getProtectionDomain().getCodeSource().getLocation().toURI());
    var archive = archiveOf(jar);
    var written = archive.resolveSibling(archive.getFileName() + ".new");
    var builder = new ProcessBuilder(command(jar, written)).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("SERVER_EVENTS_"));
    builder.environment().put(PORT, String.valueOf(EmbeddedRedis.freePort()));
    try {
      var rehearsal = builder.start();
      var printed = new String(rehearsal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var exitCode = rehearsal.waitFor();
      if (exitCode == ExitCode.OK.code() && Files.exists(written)) {
        Files.setLastModifiedTime(written, Files.getLastModifiedTime(jar));
        Files.move(written, archive, StandardCopyOption.REPLACE_EXISTING);
        return exitCode;
      }
      System.err.printf("%s is not written:%n%s", archive, printed);
      return exitCode == ExitCode.OK.code() ? ExitCode.UNEXPECTED.code() : exitCode;
    } finally {
      Files.deleteIfExists(written);
    }
  }

  /** Where it is looked for: {@code server-events.jsa} beside {@code server-events.jar}. */
  static Path archiveOf(Path jar) {
    return jar.resolveSibling(jar.getFileName().toString().replaceFirst("(\\.jar)?$", ".jsa"));
  }

  private static List<String> command(Path jar, Path archive) {
    var option =
        Runtime.version().feature() < AOT_CACHES ? "ArchiveClassesAtExit" : "AOTCacheOutput";
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:" + option + "=" + archive,
        "-cp",
        jar.toString(),
        REHEARSAL);
  }
}
