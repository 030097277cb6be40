/** Traces with OpenTelemetry, in one trace with what Vert.x and workers trace. */
@NullMarked
package dev.serverevents.tracing;

import org.jspecify.annotations.NullMarked;
