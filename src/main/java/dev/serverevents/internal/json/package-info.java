/**
 * The event bus addresses that take plain JSON, for verticles in any language of the JVM. They use
 * the API as any other caller does.
 */
@NullMarked
package dev.serverevents.internal.json;

import org.jspecify.annotations.NullMarked;
