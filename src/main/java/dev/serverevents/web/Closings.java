package dev.serverevents.web;

import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

/**
 * Why this server closes a socket, with the codes of RFC 6455 and the words for its client. What is
 * wrong with a frame is said by the {@link SocketGuard}.
 */
final class Closings {

  static final WebSocketCloseStatus SERVER_GOES =
      with(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "The server is going");

  static final WebSocketCloseStatus NO_PING =
      with(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "No ping came");

  static final WebSocketCloseStatus NAME_NOT_PERMITTED =
      with(WebSocketCloseStatus.POLICY_VIOLATION, "This name is not permitted");

  static final WebSocketCloseStatus FRAME_TOO_BIG =
      with(WebSocketCloseStatus.MESSAGE_TOO_BIG, "More than the server's maxWebSocketMessageSize");

  static final WebSocketCloseStatus TOO_SLOW =
      with(WebSocketCloseStatus.TRY_AGAIN_LATER, "The client is too slow, as others are");

  private Closings() {}

  /** More is asked for at once than one socket may have. */
  static WebSocketCloseStatus tooMany(String limit) {
    return with(WebSocketCloseStatus.POLICY_VIOLATION, "At most " + limit);
  }

  /** A message has more bytes than a body may have. */
  static WebSocketCloseStatus tooBig(long maxBytes) {
    return with(WebSocketCloseStatus.MESSAGE_TOO_BIG, "At most " + maxBytes + " bytes");
  }

  /** The client has sent a close frame, which is answered by the same. */
  static WebSocketCloseStatus answerTo(short code) {
    var status =
        WebSocketCloseStatus.isValidStatusCode(code)
            ? WebSocketCloseStatus.valueOf(code)
            : WebSocketCloseStatus.NORMAL_CLOSURE;
    return with(status, "");
  }

  private static WebSocketCloseStatus with(WebSocketCloseStatus status, String words) {
    return new WebSocketCloseStatus(status.code(), words);
  }
}
