package dev.serverevents.simulation;

import dev.serverevents.internal.wire.EventKey;

/**
 * What Redis has published.
 *
 * @param number the first argument, or the message of a failure: each emit has its own
 * @param keptUntil when it is forgotten, in ns; 0 if it is not kept
 * @param isLost whether nobody got it
 */
record SimulatedEvent(
    Moment at,
    String channel,
    EventKey key,
    int number,
    long keptUntil,
    boolean isLost,
    boolean isFailure) {}
