package dev.serverevents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class EventKeyTest {

  @Test
  void aNumberAndItsTextAreOneId() {
    assertThat(EventKey.of("pi event", 314)).isEqualTo(EventKey.of("pi event", "314"));
    assertThat(EventKey.of(7L, BigInteger.TWO)).isEqualTo(new EventKey("7", "2"));
    assertThat(EventKey.of((short) 7, (byte) 2)).isEqualTo(new EventKey("7", "2"));
  }

  @Test
  void keysThatShareAChannelDiffer() {
    var one = EventKey.of("a:b", "c");
    var other = EventKey.of("a", "b:c");
    assertThat(one.channel()).isEqualTo(other.channel());
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void aNameOrIdMayHave512BytesOfUtf8() {
    assertThat(EventKey.of("ü".repeat(256), "x".repeat(512)).name()).hasSize(256);
    assertThatThrownBy(() -> EventKey.of("ü".repeat(256) + "x", 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("name is \"üüü")
        .hasMessageContaining("at most 512 bytes");
    assertThatThrownBy(() -> EventKey.of("a", "x".repeat(513))).hasMessageContaining("id is");
  }

  @Test
  void whatIsNoNameOrIdIsNamedWithItsValueAndTheRule() {
    assertThatThrownBy(() -> EventKey.of("", 1)).hasMessage("name is \"\": it must not be empty");
    assertThatThrownBy(() -> EventKey.of("a", null))
        .hasMessage("id is null: it must be a string or an integer");
    assertThatThrownBy(() -> EventKey.of("a", 3.14))
        .hasMessage("id is 3.14: it must be a string or an integer");
    assertThatThrownBy(() -> EventKey.of("$inbox", 1))
        .hasMessage("name is \"$inbox\": it must not begin with \"$\", which is reserved");
    assertThatThrownBy(() -> EventKey.of("a\ud800", 1)).hasMessageContaining("valid Unicode");
  }

  @Test
  void anIdMayBeginWithADollar() {
    assertThat(EventKey.of("price", "$5").channel()).isEqualTo("price:$5");
  }
}
