package dev.serverevents.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import dev.serverevents.LimitsOptions;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventKeyTest {

  private static EventKey of(Object name, Object id) {
    return EventKey.of(name, id, new LimitsOptions());
  }

  @Test
  void keysAreEqualIfBothPartsAre() {
    var key = new EventKey("name", "id");
    assertThat(key)
        .isEqualTo(new EventKey("name", "id"))
        .hasSameHashCodeAs(new EventKey("name", "id"))
        .isNotEqualTo(new EventKey("name", "id2"))
        .isNotEqualTo(new EventKey("name2", "id"))
        .isNotEqualTo(new EventKey("id", "name"))
        .isNotEqualTo("name:id");
  }

  @Test
  void aNumberAndItsTextAreOneId() {
    assertThat(of("pi event", 314)).isEqualTo(of("pi event", "314"));
    assertThat(of(7L, BigInteger.TWO)).isEqualTo(new EventKey("7", "2"));
    assertThat(of((short) 7, (byte) 2)).isEqualTo(new EventKey("7", "2"));
  }

  @Test
  void keysThatShareAChannelDiffer() {
    var one = of("a:b", "c");
    var other = of("a", "b:c");
    assertThat(one.channel()).isEqualTo(other.channel());
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void aNameOrIdMayHave512BytesOfUtf8() {
    assertThat(of("ü".repeat(256), "x".repeat(512)).name()).hasSize(256);
    assertThatThrownBy(() -> of("ü".repeat(256) + "x", 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("name is \"üüü")
        .hasMessageContaining("at most 512 bytes");
    assertThatThrownBy(() -> of("a", "x".repeat(513))).hasMessageContaining("id is");
  }

  @Test
  void whatIsNoNameOrIdIsNamedWithItsValueAndTheRule() {
    assertThatThrownBy(() -> of("", 1)).hasMessage("name is \"\": it must not be empty");
    assertThatThrownBy(() -> of("a", null))
        .hasMessage("id is null: it must be a string or an integer");
    assertThatThrownBy(() -> of("a", 3.14))
        .hasMessage("id is 3.14: it must be a string or an integer");
    assertThatThrownBy(() -> of("$inbox", 1))
        .hasMessage("name is \"$inbox\": it must not begin with \"$\", which is reserved");
    assertThatThrownBy(() -> of("a\ud800", 1)).hasMessageContaining("valid Unicode");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"__sentinel__", "__keyspace@0__", "__keyevent@15__", "__redis__", "__", "__x"})
  void namesThatRedisItselfMayPublishUnderAreRefused(String name) {
    assertThatThrownBy(() -> of(name, "hello"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "name is \"%s\": it must not begin with \"__\", as channels of Redis itself do"
                .formatted(name));
  }

  @Test
  void noOtherNameMakesAChannelOfRedisItself() {
    for (var name : new String[] {"_", "_a", "a__", "-__sentinel__", "\u200b__sentinel__"}) {
      assertThat(of(name, "__sentinel__:hello").channel()).doesNotStartWith("__");
    }
  }

  @Test
  void anIntegerThatIsTooLongIsRefusedBeforeItIsWrittenOut() {
    var large = BigInteger.ONE.shiftLeft(1 << 24);
    assertThatThrownBy(() -> of("a", large))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("id is an integer of 16777217 bits: it must have at most 512 bytes of UTF-8");
    assertThat(of("a", BigInteger.TEN.pow(511)).id()).hasSize(512);
    assertThat(of("a", BigInteger.TEN.pow(511).subtract(BigInteger.ONE).negate()).id())
        .hasSize(512);
    assertThatThrownBy(() -> of("a", BigInteger.TEN.pow(512))).hasMessageContaining("512 bytes");
  }

  @Test
  void anIdMayBeginWithADollar() {
    assertThat(of("price", "$5").channel()).isEqualTo("price:$5");
  }
}
