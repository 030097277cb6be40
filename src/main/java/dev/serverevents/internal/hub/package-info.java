/**
 * The verticle's side: who listens to which channel, what is looked up for them, and what is told
 * to whom. What it needs of Redis is the interface Broker.
 */
@NullMarked
package dev.serverevents.internal.hub;

import org.jspecify.annotations.NullMarked;
