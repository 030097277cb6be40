/** Measures with Micrometer, as Vert.x's own metrics do. */
@NullMarked
package dev.serverevents.metrics;

import org.jspecify.annotations.NullMarked;
