/**
 * What a setting is: declared once, it gives the field of the JSON and its check, the environment
 * variable, the default, the words of {@code --help} and the row of the table on the page about
 * operations.
 */
@NullMarked
package dev.serverevents.internal.settings;

import org.jspecify.annotations.NullMarked;
