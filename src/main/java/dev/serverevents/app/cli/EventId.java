package dev.serverevents.app.cli;

/** Which event: what a command takes as {@code NAME ID}. */
record EventId(String name, String id) {}
