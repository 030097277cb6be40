package dev.serverevents;

import dev.serverevents.bus.Fields;
import java.time.Duration;

/**
 * How an event is emitted.
 *
 * @param retain how long Redis keeps the event for waits that are made, or are back, after it, in
 *     ms; 0 does not keep it
 */
public record EmitOptions(long retain) {

  /** The longest that an event can be kept, in ms: 7 days. */
  public static final long MAX_RETAIN = 604_800_000;

  /** The defaults: an event that reaches only who listens already. */
  public static final EmitOptions DEFAULT = new EmitOptions(0);

  /** Checks its parts; throws {@link InvalidInputException}. */
  public EmitOptions {
    Fields.integer("retain", retain, 0, MAX_RETAIN);
  }

  /**
   * Keeps the event: a wait made with {@link WaitOptions#retained(boolean)} finds it, too.
   *
   * @param duration from 1 ms to 7 days
   */
  public static EmitOptions retain(Duration duration) {
    return Fields.emitOptions(duration.toMillis());
  }
}
