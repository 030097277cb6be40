package dev.serverevents.app.cli;

import picocli.CommandLine.Parameters;

/** The name and the id of an event. */
final class EventMixin {

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the event.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "ID", description = "Its id.")
  private String id = "";

  EventId get() {
    return new EventId(name, id);
  }
}
