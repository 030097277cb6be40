package dev.serverevents;

import dev.serverevents.internal.Fields;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an event is emitted.
 *
 * @param retain how long Redis keeps the event for waits that are made, or are back, after it, in
 *     ms; 0 does not keep it
 * @param idempotencyKey names this emit among those of the same name and id: a second one with the
 *     same key within {@link #IDEMPOTENCY} is not emitted; null for none
 */
public record EmitOptions(long retain, @Nullable String idempotencyKey) {

  /** The longest that an event can be kept, in ms: 7 days. */
  public static final long MAX_RETAIN = 604_800_000;

  /** How long an idempotency key counts, on all servers. */
  public static final Duration IDEMPOTENCY = Duration.ofDays(1);

  /** The defaults: the event reaches only those that listen already. */
  public static final EmitOptions DEFAULT = new EmitOptions(0, null);

  private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");

  /** Checks its parts; throws {@link InvalidInputException}. */
  public EmitOptions {
    Fields.integer("retain", retain, 0, MAX_RETAIN);
    if (idempotencyKey != null && !KEY.matcher(idempotencyKey).matches()) {
      throw new InvalidInputException(
          "idempotencyKey", idempotencyKey, "must be 1 to 255 visible ASCII characters");
    }
  }

  /**
   * Keeps the event: a wait made with {@link WaitOptions#retained(boolean)} finds it, too.
   *
   * @param duration from 1 ms to 7 days
   */
  public static EmitOptions retain(Duration duration) {
    return new EmitOptions(Fields.integer("retain", duration.toMillis(), 1, MAX_RETAIN), null);
  }

  /**
   * The same with an idempotency key, so that an emit whose outcome is not known can be tried again
   * and is emitted once. That needs Redis 7 or later, and its Redis Function: a server whose user
   * may not load it fails the emit with {@link UnavailableException} until an administrator has.
   *
   * @param key 1 to 255 visible ASCII characters, or null for none
   */
  public EmitOptions idempotencyKey(@Nullable String key) {
    return new EmitOptions(retain, key);
  }
}
