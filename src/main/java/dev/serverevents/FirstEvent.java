package dev.serverevents;

/**
 * The event that came first of those that were waited for; see {@link ServerEvents#listenAny}.
 *
 * @param id its id, as text
 * @param args its arguments
 */
public record FirstEvent(String id, EventArgs args) {}
