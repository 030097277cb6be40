package dev.serverevents.internal.local;

import dev.serverevents.Store;
import org.jspecify.annotations.Nullable;

/**
 * A change of a verticle's Redis connections.
 *
 * @param store the connection concerned
 * @param error why it is down, or null when both connections of the verticle have come up
 */
public record StoreChange(Store store, @Nullable Throwable error) {}
