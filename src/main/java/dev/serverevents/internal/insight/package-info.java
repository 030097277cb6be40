/**
 * What servers know of what is pending and of what happened: what each answers to the question of
 * another, and how all answers become one.
 */
@NullMarked
package dev.serverevents.internal.insight;

import org.jspecify.annotations.NullMarked;
