/** What everything here shares and nobody else should use. */
@NullMarked
package dev.serverevents.internal;

import org.jspecify.annotations.NullMarked;
