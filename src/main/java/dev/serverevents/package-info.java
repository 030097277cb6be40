/**
 * Waits for events that other servers emit: what an application imports.
 *
 * <p>Start at {@link dev.serverevents.ServerEventsVerticle} (deploy it once) and {@link
 * dev.serverevents.ServerEvents} (use it anywhere).
 */
@NullMarked
package dev.serverevents;

import org.jspecify.annotations.NullMarked;
