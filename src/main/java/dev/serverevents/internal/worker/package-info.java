/**
 * The worker's half: takes jobs from their source, claims them, has its user do them, and emits
 * what comes of them, unless nobody wants it any more.
 */
@NullMarked
package dev.serverevents.internal.worker;

import org.jspecify.annotations.NullMarked;
