package dev.serverevents.app.cli;

import dev.serverevents.EmitOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of all that emits. */
final class EmitMixin {

  @Option(
      names = "--retain",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "Keeps the event for so long, for example 10m.")
  private @Nullable Long retain;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Emits once, however often it is tried with this key.")
  private @Nullable String idempotencyKey;

  EmitOptions get() {
    return kept(retain).idempotencyKey(idempotencyKey);
  }

  /** For an event that is kept for so many ms, or is not where it is not said. */
  static EmitOptions kept(@Nullable Long ms) {
    return ms == null ? EmitOptions.DEFAULT : EmitOptions.retain(Duration.ofMillis(ms));
  }
}
