/**
 * One caller's side: the ServerEvents that {@code create} makes, with its waits, streams, emits and
 * timeouts. It knows the verticles by what they put up in {@code internal.local} alone.
 */
@NullMarked
package dev.serverevents.internal.client;

import org.jspecify.annotations.NullMarked;
