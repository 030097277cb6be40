package dev.serverevents.internal.wire;

import java.nio.charset.StandardCharsets;

/**
 * The hash slots of a Redis Cluster: CRC16 (XMODEM) of the key or the sharded channel, or of its
 * hash tag only, modulo 16,384, as the Redis Cluster specification has it.
 */
public final class Slots {

  public static final int COUNT = 16_384;

  private static final int POLYNOMIAL = 0x1021;

  /** The CRC of an octet. */
  private static final int[] TABLE = new int[256];

  /** The CRC of an octet and a zero behind it, by which two octets are one step. */
  private static final int[] BEFORE_ZERO = new int[256];

  static {
    for (var i = 0; i < TABLE.length; i++) {
      var crc = i << 8;
      for (var bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      TABLE[i] = crc & 0xffff;
    }
    for (var i = 0; i < TABLE.length; i++) {
      BEFORE_ZERO[i] = add(TABLE[i], 0);
    }
  }

  private Slots() {}

  /** The slot of a key or of a sharded channel. */
  public static int of(String key) {
    var open = key.indexOf('{');
    var close = open < 0 ? -1 : key.indexOf('}', open + 1);
    return close > open + 1 ? of(key, open + 1, close) : of(key, 0, key.length());
  }

  /** Of a part of a key; most are ASCII, whose bytes need not be made. */
  private static int of(String key, int from, int to) {
    var crc = 0;
    var all = 0;
    var i = from;
    for (; i < to - 1; i += 2) {
      var octet = key.charAt(i);
      var next = key.charAt(i + 1);
      all |= octet | next;
      crc = BEFORE_ZERO[((crc >> 8) ^ octet) & 0xff] ^ TABLE[(crc ^ next) & 0xff];
    }
    if (i < to) {
      all |= key.charAt(i);
      crc = add(crc, key.charAt(i) & 0xff);
    }
    return all < 0x80 ? crc % COUNT : of(key.substring(from, to).getBytes(StandardCharsets.UTF_8));
  }

  private static int of(byte... octets) {
    var crc = 0;
    for (var octet : octets) {
      crc = add(crc, octet & 0xff);
    }
    return crc % COUNT;
  }

  private static int add(int crc, int octet) {
    return ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ octet];
  }
}
