/**
 * Carries waits and emits between the verticles of one Vert.x: addresses, message shapes, and the
 * ServerEvents that sends them.
 */
@NullMarked
package dev.serverevents.bus;

import org.jspecify.annotations.NullMarked;
