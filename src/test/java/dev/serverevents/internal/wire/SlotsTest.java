package dev.serverevents.internal.wire;

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
  void anyStringHasASlot() {
    var random = new Random(20261126);
    for (var i = 0; i < 10_000; i++) {
      var key = new StringBuilder();
      for (var length = random.nextInt(20); length > 0; length--) {
        key.appendCodePoint("{}:aé€😀".codePointAt(random.nextInt(6)));
      }
      assertThat(Slots.of(key.toString())).isBetween(0, Slots.COUNT - 1);
    }
  }
}
