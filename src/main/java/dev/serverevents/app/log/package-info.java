/** What Logback needs so that no line of the runnable server's log can be forged. */
@NullMarked
package dev.serverevents.app.log;

import org.jspecify.annotations.NullMarked;
