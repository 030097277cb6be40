package dev.serverevents.app.cli;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;

/** The library in this process, with the settings of its verticle. */
record Library(ServerEvents events, ServerEventsOptions options) {}
