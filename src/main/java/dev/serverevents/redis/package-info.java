/** All that speaks Redis: connections, subscriptions, publishing and the wire format. */
@NullMarked
package dev.serverevents.redis;

import org.jspecify.annotations.NullMarked;
