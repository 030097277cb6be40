/**
 * Tests a client of any language against the wire protocol: {@code java -jar server-events.jar
 * conformance -- COMMAND}. It uses nothing of the code that carries the protocol out, so that both
 * do not have the same faults.
 */
@NullMarked
package dev.serverevents.app.conformance;

import org.jspecify.annotations.NullMarked;
