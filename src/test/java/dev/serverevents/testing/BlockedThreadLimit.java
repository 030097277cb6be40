package dev.serverevents.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How many ms an event loop of the test's servers may be held, at most. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface BlockedThreadLimit {
  /** In ms. */
  long value();
}
