package dev.serverevents.internal.wire;

import java.nio.charset.StandardCharsets;

/**
 * The hash slots of a Redis Cluster: CRC16 (XMODEM) of the key or the sharded channel, or of its
 * hash tag only, modulo 16,384, as the Redis Cluster specification has it.
 */
public final class Slots {

  public static final int COUNT = 16_384;

  private static final int POLYNOMIAL = 0x1021;
  private static final int[] TABLE = new int[256];

  static {
    for (var i = 0; i < TABLE.length; i++) {
      var crc = i << 8;
      for (var bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      TABLE[i] = crc & 0xffff;
    }
  }

  private Slots() {}

  /** The slot of a key or of a sharded channel. */
  public static int of(String key) {
    var open = key.indexOf('{');
    var close = open < 0 ? -1 : key.indexOf('}', open + 1);
    var hashed = close > open + 1 ? key.substring(open + 1, close) : key;
    var crc = 0;
    for (var octet : hashed.getBytes(StandardCharsets.UTF_8)) {
      crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ (octet & 0xff)];
    }
    return crc % COUNT;
  }
}
