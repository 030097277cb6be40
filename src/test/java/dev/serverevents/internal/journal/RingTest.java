package dev.serverevents.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingTest {

  private static List<Integer> all(Ring<Integer> ring) {
    var all = new ArrayList<Integer>();
    ring.forEach(all::add);
    return all;
  }

  @Test
  void itKeepsTheLastEntriesInTheirOrder() {
    var ring = new Ring<Integer>(3);
    assertThat(all(ring)).isEmpty();
    ring.add(1);
    ring.add(2);
    assertThat(all(ring)).containsExactly(1, 2);
    for (var i = 3; i <= 100; i++) {
      ring.add(i);
    }
    assertThat(all(ring)).containsExactly(98, 99, 100);
  }
}
