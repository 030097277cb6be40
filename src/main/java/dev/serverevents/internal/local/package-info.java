/**
 * What goes between a ServerEvents and a ServerEventsVerticle of one Vert.x: commands and what they
 * carry one way, notices the other way, and what all of them see of each other.
 */
@NullMarked
package dev.serverevents.internal.local;

import org.jspecify.annotations.NullMarked;
