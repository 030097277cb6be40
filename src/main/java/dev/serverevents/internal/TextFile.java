package dev.serverevents.internal;

import dev.serverevents.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files of text that a user names. */
public final class TextFile {

  private TextFile() {}

  /**
   * Reads one.
   *
   * @param field the option that names it
   * @throws InvalidInputException if it cannot be read, or is not UTF-8; the message shows nothing
   *     of it
   */
  public static String read(String field, Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw wrong(field, file, "must be a file that exists and can be read");
    }
    if (!Utf8.is(bytes)) {
      throw wrong(field, file, "must be UTF-8 without a byte order mark");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static InvalidInputException wrong(String field, Path file, String rule) {
    return new InvalidInputException(field, file.toString(), rule);
  }
}
