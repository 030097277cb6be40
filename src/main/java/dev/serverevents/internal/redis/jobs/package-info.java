/** Lists of jobs in Redis. */
@NullMarked
package dev.serverevents.internal.redis.jobs;

import org.jspecify.annotations.NullMarked;
