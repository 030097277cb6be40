package dev.serverevents.app.cli;

import dev.serverevents.ClaimedJob;
import dev.serverevents.EventArgs;
import dev.serverevents.EventFailureException;
import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.ExactJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that does jobs, each in a process of its own: what there is to do is on its standard
 * input as JSON, the result is on its standard output, and an exit code that is not zero is a
 * failure, of which the end of its standard error tells.
 */
final class Program {

  private static final int TAIL_BYTES = 4_096;
  private static final int FAILED = 500;
  private static final int KILL_AFTER_S = 5;

  /** Who has left a process behind, which has the output open, is waited for no longer. */
  private static final int OUTPUT_MS = 1_000;

  /**
   * A session of its own, which Ctrl-C in the terminal of the worker does not reach. Linux has
   * setsid, macOS has Perl.
   */
  private static final String SESSION =
      "if command -v setsid > /dev/null; then exec setsid /bin/sh -c \"$1\"; fi;"
          + " if command -v perl > /dev/null; then"
          + " exec perl -MPOSIX -e 'POSIX::setsid(); exec @ARGV' /bin/sh -c \"$1\"; fi;"
          + " exec /bin/sh -c \"$1\"";

  private final String command;
  private final int maxResult;

  /**
   * A program.
   *
   * @param command for the shell
   * @param maxResult how many bytes it may print
   */
  Program(String command, int maxResult) {
    this.command = command;
    this.maxResult = maxResult;
  }

  /** Does a job, and returns the result. It blocks. */
  EventArgs run(ClaimedJob job) throws IOException, InterruptedException {
    var process = start(job);
    job.cancelled().onSuccess(cancelled -> kill(process));
    var output = new Kept(process.getInputStream(), maxResult, () -> kill(process), false);
    var errors = new Kept(process.getErrorStream(), TAIL_BYTES, () -> {}, true);
    begin(() -> type(process, Json.encode(job.data())));
    var code = process.waitFor();
    var printed = output.await();
    var said = errors.await().strip();
    if (output.isTooLong()) {
      throw failure(job, "The program printed more than %d bytes".formatted(maxResult), code, said);
    }
    if (code != 0) {
      throw failure(job, "The program ended with the exit code " + code, code, said);
    }
    return result(printed);
  }

  private Process start(ClaimedJob job) throws IOException {
    var builder = new ProcessBuilder(List.of("/bin/sh", "-c", SESSION, "sh", command));
    builder.environment().put("EVENT_NAME", job.name());
    builder.environment().put("EVENT_ID", job.id());
    return builder.start();
  }

  private static void type(Process process, String text) {
    try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
      input.write(text + "\n");
    } catch (IOException unread) {
      // a program need not read it
    }
  }

  /** JSON, or else a text; nothing at all are no arguments. */
  private static EventArgs result(String printed) {
    if (printed.isBlank()) {
      return EventArgs.of();
    }
    try {
      return ExactJson.args("standard output", Buffer.buffer(printed));
    } catch (InvalidInputException text) {
      return EventArgs.of(printed.stripTrailing());
    }
  }

  private static EventFailureException failure(
      ClaimedJob job, String message, int code, String said) {
    var last = said.lines().reduce((line, next) -> next).map(line -> ": " + line).orElse("");
    var detail = new JsonObject().put("exit", code).put("stderr", said);
    return new EventFailureException(job.name(), job.id(), FAILED, message + last, detail);
  }

  /** Ends it and what it has started, at first in a way that lets them clean up. */
  private static void kill(Process process) {
    begin(
        () -> {
          var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
          all.forEach(ProcessHandle::destroy);
          CompletableFuture.delayedExecutor(KILL_AFTER_S, TimeUnit.SECONDS)
              .execute(() -> all.forEach(ProcessHandle::destroyForcibly));
        });
  }

  private static Thread begin(Runnable work) {
    var thread = new Thread(work, "job");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** What is kept of an output: its beginning, or its end, which is also passed on. */
  private static final class Kept {
    private final int limit;
    private final Runnable tooLong;
    private final boolean isTail;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread reader;
    private volatile boolean isTooLong;

    Kept(InputStream from, int limit, Runnable tooLong, boolean isTail) {
      this.limit = limit;
      this.tooLong = tooLong;
      this.isTail = isTail;
      reader = begin(() -> read(from));
    }

    private void read(InputStream from) {
      var buffer = new byte[8_192];
      try {
        for (var count = from.read(buffer); count >= 0; count = from.read(buffer)) {
          add(buffer, count);
        }
      } catch (IOException ended) {
        // that was all
      }
    }

    private synchronized void add(byte[] bytes, int count) {
      if (isTail) {
        System.err.write(bytes, 0, count);
        System.err.flush();
      }
      kept.write(bytes, 0, count);
      if (kept.size() > limit && isTail) {
        var all = kept.toByteArray();
        kept.reset();
        kept.writeBytes(Arrays.copyOfRange(all, all.length - limit, all.length));
      } else if (kept.size() > limit) {
        kept.reset();
        if (!isTooLong) {
          isTooLong = true;
          tooLong.run();
        }
      }
    }

    boolean isTooLong() {
      return isTooLong;
    }

    String await() throws InterruptedException {
      reader.join(OUTPUT_MS);
      synchronized (this) {
        return kept.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
