package dev.serverevents.web;

import dev.serverevents.StreamEvent;

/** Events as they are sent on WebSockets: made once for all sockets that get them. */
final class SocketEvents {

  private record Told(String name, String id, String type) {}

  private final LastMade<SocketText> last = new LastMade<>();

  /** An event of a stream. */
  SocketText of(String name, String id, StreamEvent event) {
    return last.get(
        SseFrames.content(event),
        new Told(name, id, event.type()),
        () -> SocketText.of(SocketAnswers.event(name, id, event)));
  }
}
