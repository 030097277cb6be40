/**
 * What one server remembers of what happened to events: the last steps, in a ring of a fixed size.
 */
@NullMarked
package dev.serverevents.internal.journal;

import org.jspecify.annotations.NullMarked;
