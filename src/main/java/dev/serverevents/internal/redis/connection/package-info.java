/**
 * Connections to Redis: how a client is made, how it is found out whether a connection is of use,
 * and how it is made again.
 */
@NullMarked
package dev.serverevents.internal.redis.connection;

import org.jspecify.annotations.NullMarked;
