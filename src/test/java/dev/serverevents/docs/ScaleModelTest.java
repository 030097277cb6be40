package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.docs.ScaleModel.Costs;
import dev.serverevents.docs.ScaleModel.Mode;
import dev.serverevents.docs.ScaleModel.Part;
import dev.serverevents.docs.ScaleModel.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the page on operations says of many servers follows from what it says of few. {@code
 * -Dscale=write} writes it.
 */
class ScaleModelTest {

  private static final Pages.Page PAGE = Pages.page("operations.md");

  private static final Pattern TABLE =
      Pattern.compile("(?<=<!-- scale -->\n).*?(?=<!-- end of scale -->)", Pattern.DOTALL);

  private static final double WAITS = 1_000_000;
  private static final double SECONDS = 60;
  private static final List<Size> SIZES =
      List.of(
          new Size(1, 1, WAITS, SECONDS),
          new Size(8, 6, WAITS, SECONDS),
          new Size(500, 6, WAITS, SECONDS),
          new Size(500, 100, WAITS, SECONDS));

  /** Its one measures 10 us, 100 bytes in and 200 out. */
  private static ScaleModel model(Mode mode, double usOfMany, double busBytes) {
    return new ScaleModel(
        mode, new Costs(10, 100, 200, 0, 64, 30), new Costs(usOfMany, 100, 200, busBytes, 64, 40));
  }

  @Test
  void theLoadOfOneMasterIsWhatItsCyclesCost() {
    var loads = model(Mode.BROADCAST_EXACT, 60, 500).loads(new Size(2, 1, 10_000, 10));
    assertThat(loads)
        .containsEntry(Part.REDIS_CPU, 2_000 * 10 / 1e6)
        .containsEntry(Part.REDIS_NETWORK, 2_000 * 200 / 1.25e9)
        .containsEntry(Part.REDIS_MEMORY, 20_000 * 64 / 64e9)
        .containsEntry(Part.REDIS_CONNECTIONS, 4 / 10_000.0)
        .containsEntry(Part.SERVER_CPU, 1_000 * 40 / 4e6);
  }

  @Test
  void byBroadcastEachMasterMoreHasEveryEventAsWell() {
    var model = model(Mode.BROADCAST_DIRECT, 60, 500); // 10 us and 100 bytes for each other node
    var loads = model.loads(new Size(1, 11, 110_000, 10));
    assertThat(loads)
        .containsEntry(Part.REDIS_CPU, 1_000 * (10 + 100) / 1e6)
        .containsEntry(Part.REDIS_NETWORK, 1_000 * (200 + 1_000) / 1.25e9)
        .containsEntry(Part.REDIS_CONNECTIONS, (1 + 1 / 11.0) / 10_000);
    assertThat(model.masters(new Size(1, 1, 10e6, 50))).as("200,000 a second").isEmpty();
  }

  @Test
  void shardedEachMasterMoreTakesItsPart() {
    var model = model(Mode.SHARDED_EXACT, 20, 0);
    assertThat(model.loads(new Size(1, 10, 1e6, 10)))
        .containsEntry(Part.REDIS_CPU, 10_000 * 20 / 1e6)
        .containsEntry(Part.REDIS_CONNECTIONS, 2 / 10_000.0);
    assertThat(model.masters(new Size(1, 1, 1e6, 1))).hasValue(20);
    assertThat(model.first(new Size(1, 1, 1e6, 1))).isEqualTo(Part.REDIS_CPU);
    assertThat(model.first(new Size(1, 100, 1e6, 1))).isEqualTo(Part.SERVER_CPU);
  }

  @Test
  void mastersDoNotHelpWhatHasOneSlot() {
    var model = model(Mode.SHARDED_DIRECT_ONE_SLOT, 20, 0);
    assertThat(model.loads(new Size(1, 10, 1e6, 10)))
        .containsEntry(Part.REDIS_CPU, 100_000 * 10 / 1e6);
    assertThat(model.masters(new Size(1, 1, 1e6, 5))).isEmpty();
  }

  @Test
  void thePageSaysWhatFollows() throws IOException {
    var table = TABLE.matcher(PAGE.text());
    assertThat(table.find()).isTrue();
    if ("write".equals(System.getProperty("scale"))) {
      Files.writeString(PAGE.path(), table.replaceFirst(Matcher.quoteReplacement(table())));
    } else {
      assertThat(table.group()).isEqualTo(table());
    }
  }

  private static String table() {
    var parts = Arrays.stream(Part.values()).map(part -> part.words);
    var head =
        Stream.concat(
                Stream.of("mode", "servers", "masters", "first to break"),
                Stream.concat(parts, Stream.of("masters needed")))
            .toList();
    var rows = new ArrayList<>(List.of(row(head), row(head.stream().map(name -> "---").toList())));
    for (var mode : Mode.values()) {
      var model = new ScaleModel(mode, measured(mode, 1), measured(mode, ScaleModel.MANY));
      SIZES.forEach(size -> rows.add(row(cells(model, size))));
    }
    return rows.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<String> cells(ScaleModel model, Size size) {
    var loads = model.loads(size);
    var first = model.first(size);
    var masters = model.masters(size);
    var cells = new ArrayList<String>();
    cells.add(model.mode().words);
    cells.add("%,d".formatted(size.servers()));
    cells.add("%,d".formatted(size.masters()));
    cells.add(first.words);
    loads.values().forEach(load -> cells.add("%,.0f %%".formatted(100 * load)));
    cells.add(masters.isPresent() ? "%,d".formatted(masters.getAsInt()) : "no number is enough");
    return cells;
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  /** From the page's tables. */
  private static Costs measured(Mode mode, int masters) {
    var rows =
        Pages.matches(
                "(?m)^\\| %s \\| %d \\| \\d \\| ([\\d. |]+) \\|$"
                    .formatted(mode.measured(), masters),
                PAGE.text())
            .stream()
            .map(
                row ->
                    Arrays.stream(row.group(1).split(" \\| ", -1))
                        .mapToDouble(ScaleModelTest::number)
                        .toArray())
            .toList();
    assertThat(rows).as("%s with %d masters: a wait, and a cycle", mode.words, masters).hasSize(2);
    var wait = rows.get(0);
    var cycle = rows.get(1);
    return new Costs(cycle[5], cycle[1], cycle[2], cycle[4], wait[4], cycle[7]);
  }

  private static double number(String cell) {
    return Double.parseDouble(cell.replace(",", ""));
  }
}
