/**
 * What goes over Redis, as code: the channels and keys of an event, their slots, and the payload.
 * Whoever publishes or subscribes by other means has to write and read the same.
 */
@NullMarked
package dev.serverevents.internal.wire;

import org.jspecify.annotations.NullMarked;
