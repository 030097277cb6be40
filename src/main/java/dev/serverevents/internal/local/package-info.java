/**
 * What goes between a ServerEvents and a ServerEventsVerticle of one Vert.x: commands one way,
 * notices the other way, and who is deployed.
 */
@NullMarked
package dev.serverevents.internal.local;

import org.jspecify.annotations.NullMarked;
