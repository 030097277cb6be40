package dev.serverevents.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The test, or each of a class, has a Redis of its own, which it may break. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface OwnRedis {
  /** More arguments for redis-server. */
  String[] value() default {};
}
