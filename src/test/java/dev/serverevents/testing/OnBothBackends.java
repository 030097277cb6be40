package dev.serverevents.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Each test of the class, which has {@link Server} parameters, runs on a real Redis and again in
 * memory; but for those that are {@link OnlyOnRedis}.
 */
@ClassTemplate
@ExtendWith({BackendExtension.class, ServerExtension.class})
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OnBothBackends {}
