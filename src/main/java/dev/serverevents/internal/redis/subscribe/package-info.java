/** Subscribes channels on a connection, and proves that nothing was missed on it. */
@NullMarked
package dev.serverevents.internal.redis.subscribe;

import org.jspecify.annotations.NullMarked;
