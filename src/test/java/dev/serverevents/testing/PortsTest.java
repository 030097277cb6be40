package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

/** Servers of tests that run beside each other never want the same port. */
final class PortsTest {

  @Test
  void noPortIsGivenTwice() {
    var one = new Ports();
    var other = new Ports();
    var given = new HashSet<Integer>();
    for (var i = 0; i < 200; i++) {
      assertThat(given.add(one.next())).isTrue();
      assertThat(given.add(other.next())).isTrue();
      assertThat(given.add(Ports.OWN.next())).isTrue();
    }
  }
}
