/** The demo job: pi, computed by a worker while the request waits. */
@NullMarked
package dev.serverevents.app.demo;

import org.jspecify.annotations.NullMarked;
