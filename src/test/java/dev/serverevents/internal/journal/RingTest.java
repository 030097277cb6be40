package dev.serverevents.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {

  private static List<Integer> all(Ring<Integer> ring) {
    var all = new ArrayList<Integer>();
    ring.forEach(all::add);
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 50, 64})
  void itKeepsTheLastEntriesInTheirOrder(int size) {
    var ring = new Ring<Integer>(size);
    for (var last = 0; last <= 200; last++) {
      var oldest = Math.max(1, last - size + 1);
      assertThat(all(ring)).isEqualTo(IntStream.rangeClosed(oldest, last).boxed().toList());
      ring.add(last + 1);
    }
  }
}
