package dev.serverevents.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsTest {

  @ParameterizedTest
  @CsvSource({
    "123456789, 12739", // 0x31C3, the specification's own example
    "foo, 12182",
    "{foo}.bar, 12182",
    "bar{foo}, 12182",
    "x{foo}{bar}, 12182",
    "$retained:{foo}:1, 12182",
  })
  void aKeyHasTheSlotOfItsTagOrOfAllOfIt(String key, int slot) {
    assertThat(Slots.of(key)).isEqualTo(slot);
  }

  @Test
  void bracesThatAreNoTagArePartOfTheKey() {
    assertThat(Slots.of("{}foo")).isNotEqualTo(Slots.of("foo"));
    assertThat(Slots.of("{foo")).isNotEqualTo(Slots.of("foo"));
    assertThat(Slots.of("}foo{bar")).isNotEqualTo(Slots.of("bar"));
    assertThat(Slots.of("{{bar}}")).isEqualTo(Slots.of("{bar"));
  }

  @Test
  void anyStringHasTheSlotOfItsBytes() {
    var random = new Random(20261126);
    var characters = ":aéß€😀".codePoints().toArray();
    for (var i = 0; i < 10_000; i++) {
      var key = new StringBuilder();
      for (var length = random.nextInt(20); length > 0; length--) {
        key.appendCodePoint(characters[random.nextInt(random.nextInt(1, characters.length + 1))]);
      }
      var slot = bitByBit(key.toString().getBytes(UTF_8));
      assertThat(Slots.of(key.toString())).as("%s", key).isEqualTo(slot);
      assertThat(Slots.of("ab{x" + key + "}c")).isEqualTo(bitByBit(("x" + key).getBytes(UTF_8)));
    }
  }

  /** As the definition of CRC16 (XMODEM) has it. */
  private static int bitByBit(byte... octets) {
    var crc = 0;
    for (var octet : octets) {
      for (var bit = 7; bit >= 0; bit--) {
        var isSet = (crc >> 15 & 1) != (octet >> bit & 1);
        crc = (crc << 1 & 0xffff) ^ (isSet ? 0x1021 : 0);
      }
    }
    return crc % 16_384;
  }
}
