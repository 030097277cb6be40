/** The commands of the command line; each talks to Redis, or to a server over HTTP. */
@NullMarked
package dev.serverevents.app.cli;

import org.jspecify.annotations.NullMarked;
