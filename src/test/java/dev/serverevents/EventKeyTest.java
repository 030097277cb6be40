package dev.serverevents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class EventKeyTest {

  private static EventKey of(Object name, Object id) {
    return EventKey.of(name, id, new LimitsOptions());
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

  @Test
  void anIdMayBeginWithADollar() {
    assertThat(of("price", "$5").channel()).isEqualTo("price:$5");
  }
}
