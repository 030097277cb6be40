package dev.serverevents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventArgsTest {

  private static final EventArgs ARGS = args("[\"a\", 1, {\"x\": 1, \"y\": 2}, [true], null]");

  record Point(int x, int y) {}

  private static EventArgs args(String json) {
    return EventArgs.ofJson(Buffer.buffer(json));
  }

  @Test
  void argumentsAreAListInTheOrderOfEmit() {
    assertThat(args("[]").list()).isEmpty();
    assertThat(ARGS.size()).isEqualTo(5);
    assertThat(ARGS.list().subList(0, 4))
        .isEqualTo(
            List.of("a", 1, new JsonObject().put("x", 1).put("y", 2), new JsonArray().add(true)));
    assertThat(ARGS.list().get(4)).isNull();
  }

  @Test
  void argumentsAreMadeOfWhatEmitTakes() {
    assertThat(EventArgs.of()).isEqualTo(args("[]"));
    assertThat(EventArgs.of("x", 2, null, new Point(1, 2), List.of(true)))
        .isEqualTo(args("[\"x\", 2, null, {\"x\": 1, \"y\": 2}, [true]]"));
    assertThatThrownBy(() -> EventArgs.of(new Object()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("args");
  }

  @Test
  void anArgumentIsHadByIndexAndType() {
    assertThat(ARGS.get(0, String.class)).isEqualTo("a");
    assertThat(ARGS.get(1, Long.class)).isEqualTo(1L);
    assertThat(ARGS.get(1, int.class)).isEqualTo(1);
    assertThat(ARGS.get(2, Point.class)).isEqualTo(new Point(1, 2));
    assertThat(ARGS.get(4, String.class)).isNull();
    assertThat(args("[{\"x\": 3, \"y\": 4}]").mapTo(Point.class)).isEqualTo(new Point(3, 4));
    assertThatThrownBy(() -> ARGS.get(5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ARGS.get(0, Point.class)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void argumentsSpreadToFunctionsOfOneToFive() {
    var five = args("[1, 2, 3, 4, 5]");
    Class<Integer> i = Integer.class;
    List<Integer> sums =
        List.of(
            five.spread(i, a -> a),
            five.spread(i, i, (a, b) -> a + b),
            five.spread(i, i, i, (a, b, c) -> a + b + c),
            five.spread(i, i, i, i, (a, b, c, d) -> a + b + c + d),
            five.spread(i, i, i, i, i, (a, b, c, d, e) -> a + b + c + d + e));
    assertThat(sums).containsExactly(1, 3, 6, 10, 15);
  }

  @Test
  void theyPassOnAsTheJsonThatCame() {
    assertThat(ARGS.toBuffer().toString()).isEqualTo(ARGS.toString());
    assertThat(ARGS.toJsonArray()).isEqualTo(new JsonArray(ARGS.toString()));
    assertThat(args("[1]")).isEqualTo(args("[ 1 ]")).hasSameHashCodeAs(args("[ 1 ]"));
  }
}
