package dev.serverevents.bus;

import java.util.List;

/**
 * All that one sender had for one address in one event-loop turn. A hop between event loops costs
 * as much as all the rest of a wait, so one message carries them.
 *
 * @param from where answers go
 */
public record Batch<T>(String from, List<T> items) {}
