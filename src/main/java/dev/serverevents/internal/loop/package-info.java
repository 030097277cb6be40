/**
 * How a context shares its event loop: queues, work in several turns, what is done at the end of a
 * turn, and timeouts that a stalled event loop does not cut short.
 */
@NullMarked
package dev.serverevents.internal.loop;

import org.jspecify.annotations.NullMarked;
