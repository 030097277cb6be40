/**
 * A verticle's Redis: the servers that it publishes to and subscribes at, one alone or the masters
 * of a cluster.
 */
@NullMarked
package dev.serverevents.internal.redis;

import org.jspecify.annotations.NullMarked;
