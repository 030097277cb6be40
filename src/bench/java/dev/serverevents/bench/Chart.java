package dev.serverevents.bench;

import java.util.List;
import java.util.Map;

/** Draws cycles/s as bars, in SVG. */
final class Chart {

  private static final int BAR = 18;
  private static final int LEFT = 160;
  private static final int WIDTH = 640;

  private Chart() {}

  static String of(Map<String, Map<Integer, Result>> results, List<Integer> inFlight) {
    var svg = new StringBuilder();
    var y = 0;
    for (var c : inFlight) {
      var most = results.values().stream().mapToDouble(r -> r.get(c).cyclesPerSecond()).max();
      y += BAR + 10;
      text(svg, 4, y, "cycles/s, " + c + " in flight");
      for (var result : results.entrySet()) {
        y += BAR;
        var rate = result.getValue().get(c).cyclesPerSecond();
        text(svg, 12, y, result.getKey());
        var length = rate / most.orElse(1) * (WIDTH - LEFT - 90);
        svg.append(
            "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>%n"
                .formatted(
                    LEFT,
                    y - BAR + 6,
                    length,
                    BAR - 4,
                    result.getKey().startsWith("ours") ? "#782b90" : "#9aa0a6"));
        text(svg, LEFT + (int) length + 6, y, "%,.0f".formatted(rate));
      }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">%n%s</svg>%n"
        .formatted(WIDTH, y + 20, svg);
  }

  private static void text(StringBuilder svg, int x, int y, String text) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" font-family=\"sans-serif\" font-size=\"12\">%s</text>%n"
            .formatted(x, y + 3, text));
  }
}
