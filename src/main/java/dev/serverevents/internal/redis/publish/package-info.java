/**
 * Publishes events on connections that others made: batches, answers, events that are kept, and
 * those that happen once.
 */
@NullMarked
package dev.serverevents.internal.redis.publish;

import org.jspecify.annotations.NullMarked;
