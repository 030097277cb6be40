/**
 * What a Redis Cluster says of itself: which node serves which slot, and over which links its nodes
 * pass on what is published.
 */
@NullMarked
package dev.serverevents.internal.redis.cluster;

import org.jspecify.annotations.NullMarked;
