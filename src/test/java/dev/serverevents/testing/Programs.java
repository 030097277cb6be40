package dev.serverevents.testing;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Programs that a machine may have or not. */
public final class Programs {

  private Programs() {}

  /** Skips a test, and prints why, where a machine lacks what it needs. */
  public static void assume(boolean there, String otherwise) {
    if (!there) {
      System.out.println("SKIPPED: " + otherwise);
    }
    Assumptions.assumeTrue(there, otherwise);
  }

  /** Runs a command in a directory, and tells whether it is there and ends well. */
  public static boolean run(Path directory, String... command) {
    try {
      var builder = new ProcessBuilder(command).directory(directory.toFile());
      var started = builder.redirectErrorStream(true).start();
      started.getInputStream().readAllBytes();
      return started.waitFor() == 0;
    } catch (IOException absent) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
