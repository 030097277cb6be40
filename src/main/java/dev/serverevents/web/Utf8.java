package dev.serverevents.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Tells whether bytes are well-formed text; the libraries' decoders make text of any bytes. */
final class Utf8 {

  private static final int HEX = 16;

  private Utf8() {}

  /** Whether bytes are well-formed UTF-8. */
  static boolean isText(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }

  /** Whether a text is of printable ASCII alone and percent-encodes well-formed UTF-8. */
  static boolean isPercentEncoded(String text) {
    var bytes = new ByteArrayOutputStream(text.length());
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c <= ' ' || c > '~') {
        return false;
      }
      if (c != '%') {
        bytes.write(c);
        continue;
      }
      var octet = i + 2 < text.length() ? octet(text.charAt(i + 1), text.charAt(i + 2)) : -1;
      if (octet < 0) {
        return false;
      }
      bytes.write(octet);
      i += 2;
    }
    return isText(bytes.toByteArray());
  }

  private static int octet(char high, char low) {
    var first = Character.digit(high, HEX);
    var second = Character.digit(low, HEX);
    return high > '~' || low > '~' || first < 0 || second < 0 ? -1 : first * HEX + second;
  }
}
