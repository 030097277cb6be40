package dev.serverevents.internal;

/**
 * Tells UTF-8 from what only resembles it. Jackson takes bytes that no other program takes: the
 * halves of surrogate pairs, characters written longer than they are, and a byte order mark. Passed
 * on, they would end the WebSocket connections of clients.
 */
public final class Utf8 {

  private static final int LAST = 0x10ffff;

  /** The least character that needs so many bytes more than one. */
  private static final int[] LEAST = {0, 0x80, 0x800, 0x10000};

  private Utf8() {}

  /** Tells whether bytes are UTF-8 without a byte order mark. */
  public static boolean is(byte[] bytes) {
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] < 0) {
        var more = more(bytes[i] & 0xff);
        if (more == 0 || i + more >= bytes.length || !isCharacter(bytes, i, more)) {
          return false;
        }
        i += more;
      }
    }
    return true;
  }

  /** How many bytes follow the first one of a character that is not ASCII; 0 if it is no first. */
  private static int more(int first) {
    if (first >= 0xf0) {
      return first <= 0xf4 ? 3 : 0;
    }
    return first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  }

  private static boolean isCharacter(byte[] bytes, int at, int more) {
    var character = bytes[at] & (0x3f >> more);
    for (var i = 1; i <= more; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return false;
      }
      character = (character << 6) | (bytes[at + i] & 0x3f);
    }
    var isMark = at == 0 && character == 0xfeff;
    var isSurrogate = character >= 0xd800 && character <= 0xdfff;
    return character >= LEAST[more] && character <= LAST && !isSurrogate && !isMark;
  }
}
