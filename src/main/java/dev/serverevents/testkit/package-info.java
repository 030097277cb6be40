/**
 * For the tests of those who use the library: everything of its API without a Redis, with time that
 * the test moves, and with workers and faults on demand. {@link
 * dev.serverevents.testkit.InMemoryServerEvents} is where to begin.
 */
@NullMarked
package dev.serverevents.testkit;

import org.jspecify.annotations.NullMarked;
