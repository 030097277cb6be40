package dev.serverevents.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages of documentation, and what stands in them. */
final class Pages {

  private static final Path DOCS = Path.of("src", "docs");

  private static final Pattern LINE = Pattern.compile("(?m)^#+ (.*)$|^```(\\w*)\n((?:.*\n)*?)```$");

  private Pages() {}

  /**
   * A piece of code.
   *
   * @param heading the last heading before it
   * @param output the {@code text} block that follows it with nothing in between, or empty
   */
  record Block(String heading, String language, String code, String output) {}

  /** One page. */
  record Page(Path path, String text) {

    static Page of(Path path) {
      try {
        return new Page(path, Files.readString(path));
      } catch (IOException missing) {
        throw new UncheckedIOException(missing);
      }
    }

    /** Its pieces of code, in order. */
    List<Block> blocks() {
      var blocks = new ArrayList<Block>();
      var heading = "";
      for (var found : LINE.matcher(text).results().toList()) {
        if (found.group(1) != null) {
          heading = found.group(1);
        } else {
          blocks.add(new Block(heading, found.group(2), found.group(3), output(found.end())));
        }
      }
      return blocks;
    }

    private String output(int from) {
      var next = Pattern.compile("\\G\\s*```text\n((?:.*\n)*?)```").matcher(text);
      return next.find(from) ? next.group(1) : "";
    }

    /** Those of a language. */
    List<Block> blocks(String language) {
      return blocks().stream().filter(block -> block.language().equals(language)).toList();
    }

    /** Those of a language below a heading. */
    List<String> code(String language, String heading) {
      return blocks(language).stream()
          .filter(block -> block.heading().equals(heading))
          .map(Block::code)
          .toList();
    }

    /** The text without its blocks of code. */
    String prose() {
      return text.replaceAll("(?m)^```\\w*\n(?:.*\n)*?```$", "");
    }

    /** The anchors that GitHub makes of headings. */
    List<String> anchors() {
      return matches("(?m)^#+ (.*)$", prose()).stream()
          .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
          .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
          .toList();
    }

    /** The first column of the tables below a heading, as far as it matches a pattern. */
    List<String> column(String heading, String pattern) {
      var section =
          Pattern.compile("(?m)^#+ \\Q" + heading + "\\E\n((?:(?!#).*\n?)*)").matcher(text);
      if (!section.find()) {
        throw new AssertionError("no heading " + heading + " in " + path);
      }
      return matches("(?m)^\\| `?(" + pattern + ")`? \\|", section.group(1)).stream()
          .map(row -> row.group(1))
          .toList();
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A page of {@code src/docs}. */
  static Page page(String name) {
    return Page.of(DOCS.resolve(name));
  }

  static Page readme() {
    return Page.of(Path.of("README.md"));
  }

  /** All of them. */
  static List<Page> all() {
    try (var docs = Files.list(DOCS)) {
      return Stream.concat(
              Stream.of(
                      "README.md",
                      "CONTRIBUTING.md",
                      "src/it/orders/README.md",
                      "src/clients/node/README.md",
                      "src/clients/python/README.md")
                  .map(Path::of),
              docs.filter(Files::isRegularFile).sorted())
          .map(Page::of)
          .toList();
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  static List<MatchResult> matches(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().toList();
  }
}
