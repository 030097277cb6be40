package dev.serverevents.app.cli;

import dev.serverevents.EmitOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of all that emits. */
final class EmitMixin {

  @Option(
      names = "--retain",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "Keeps the event for so long, for example 10m.")
  private long retain;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Emits once, however often it is tried with this key.")
  private @Nullable String idempotencyKey;

  EmitOptions get() {
    return new EmitOptions(retain, idempotencyKey);
  }
}
