package dev.serverevents.app.cli;

import dev.serverevents.Cause;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.StreamEvent;
import dev.serverevents.internal.Printable;
import io.vertx.core.json.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a command prints: data on standard output, and all else on standard error. */
final class Output {

  private static final String RED = "31";
  private static final String TAB = "    ";

  private final Terminal terminal = new Terminal(System.getenv());
  private final OutputStream data = new FileOutputStream(FileDescriptor.out);
  private @Nullable Boolean isShown;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "How data is printed: text, json (indented), jsonl (a line for each value) or raw (the "
              + "bytes of the publisher). Default: text.")
  private Format format = Format.TEXT;

  /** How data is printed. */
  Format format() {
    return format;
  }

  /** Who sees it. */
  Terminal terminal() {
    return terminal;
  }

  /** Prints the arguments of an event. */
  void args(EventArgs args) {
    print(format.args(args));
  }

  /** Prints a value of JSON, for which people get a text. */
  void value(@Nullable Object json, String text) {
    print(format == Format.TEXT ? text : format.value(json));
  }

  /** Prints an event of a stream. */
  void event(StreamEvent event) {
    var args = event.args();
    if (format == Format.RAW) {
      print(args == null ? format.value(event.toJson()) : format.args(args));
    } else {
      value(event.toJson(), event.type() + "\t" + text(event));
    }
  }

  private static String text(StreamEvent event) {
    if (event instanceof StreamEvent.Failure failure) {
      return failure.cause().code() + "\t" + failure.cause().getMessage();
    }
    if (event instanceof StreamEvent.Gap gap) {
      return gap.reason().name();
    }
    return tabbed(event.args());
  }

  /** Arguments in one line. */
  static String tabbed(@Nullable EventArgs args) {
    return args == null ? "" : tabbed(args.list());
  }

  /** Values in one line. */
  static String tabbed(Collection<?> values) {
    return values.stream().map(Format.TEXT::value).collect(Collectors.joining("\t"));
  }

  /**
   * Prints a line of data at once, for whoever reads may do so meanwhile.
   *
   * @throws UnreadException if nobody does
   */
  void print(String text) {
    try {
      data.write((shown(text) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      throw new UnreadException(closed);
    }
  }

  /** Others chose what is in it, and must not drive the terminal; a program gets all as it is. */
  private String shown(String text) {
    if (isShown == null) {
      isShown = terminal.showsOutput();
    }
    return isShown ? printable(text) : text;
  }

  private static String printable(String text) {
    return text.lines()
        .map(line -> Printable.of(line.replace("\t", TAB)))
        .collect(Collectors.joining("\n"));
  }

  /** Says something to people. */
  void say(String text) {
    System.err.println(printable(text));
  }

  /** Says why a command failed: a JSON object to those who read JSON. */
  void failure(Throwable failure) {
    if (format.isJson()) {
      say(json(failure).encode());
    } else {
      var says = printable(String.valueOf(failure.getMessage()));
      System.err.println(terminal.onError(RED, Cause.of(failure).word()) + ": " + says);
    }
  }

  private static JsonObject json(Throwable failure) {
    if (failure instanceof ProblemException problem) {
      return problem.problem();
    }
    var json =
        new JsonObject()
            .put("cause", Cause.of(failure).word())
            .put("detail", String.valueOf(failure.getMessage()));
    if (failure instanceof EventFailureException job) {
      json.put("code", job.code()).put("data", job.detail());
    }
    if (failure instanceof ServerEventsException ours) {
      json.put("status", ours.status());
      if (!ours.timeline().isEmpty()) {
        json.put("timeline", ours.timeline().toJson());
      }
    }
    return json;
  }

  /** Nobody reads the output any more, as of {@code | head}. */
  static final class UnreadException extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    UnreadException(IOException cause) {
      super(cause);
    }
  }
}
