package dev.serverevents.internal;

/**
 * Text of clients made fit for a log or a terminal: a line break in it would forge a line, and an
 * escape would drive the terminal.
 */
public final class Printable {

  private Printable() {}

  /**
   * Writes control characters, line separators, invisible formatting (which can reverse what is
   * read) and lone surrogates as {@code \}{@code u001b}; all else stays as it is.
   */
  public static String of(String text) {
    if (text.codePoints().allMatch(Printable::isPrintable)) {
      return text;
    }
    var printable = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            codePoint -> {
              if (isPrintable(codePoint)) {
                printable.appendCodePoint(codePoint);
              } else {
                for (var unit : Character.toChars(codePoint)) {
                  printable.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return printable.toString();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
