/** The clients in other languages, as their users install them. */
package dev.serverevents.clients;
