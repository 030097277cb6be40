/** A Redis in memory, with faults on demand, and a Broker on it: for tests without a server. */
@NullMarked
package dev.serverevents.internal.memory;

import org.jspecify.annotations.NullMarked;
