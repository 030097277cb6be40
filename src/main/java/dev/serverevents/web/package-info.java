/** All that speaks HTTP: the routes to mount on a Vert.x Web router. */
@NullMarked
package dev.serverevents.web;

import org.jspecify.annotations.NullMarked;
