/** The runnable server: main, configuration, embedded Redis and the demo job. */
@NullMarked
package dev.serverevents.app;

import org.jspecify.annotations.NullMarked;
