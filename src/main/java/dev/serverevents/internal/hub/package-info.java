/**
 * The verticle's side: the subscribers of each channel, and the notices that they get. What it
 * needs of Redis is the interface Broker.
 */
@NullMarked
package dev.serverevents.internal.hub;

import org.jspecify.annotations.NullMarked;
