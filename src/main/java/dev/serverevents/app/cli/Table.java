package dev.serverevents.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text in columns that are as wide as need be. */
final class Table {

  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    row((Object[]) head);
  }

  /** Adds a row, in which null is empty. */
  Table row(Object... cells) {
    rows.add(
        IntStream.range(0, cells.length)
            .mapToObj(i -> cells[i] == null ? "" : Format.TEXT.value(cells[i]))
            .toList());
    return this;
  }

  /** The head alone. */
  String head() {
    return line(rows.get(0));
  }

  /** The other rows, each with a line break before it. */
  String body() {
    return rows.stream().skip(1).map(row -> "\n" + line(row)).collect(Collectors.joining());
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  private String line(List<String> row) {
    return IntStream.range(0, row.size())
        .mapToObj(i -> row.get(i) + " ".repeat(width(i) - row.get(i).length()))
        .collect(Collectors.joining(GAP))
        .stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
