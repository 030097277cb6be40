package dev.serverevents.web;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees the frames of a WebSocket before Vert.x does, which would close with 1000 whatever is wrong
 * with one: it is closed with 1007 for text that is not UTF-8, with 1009 for a message that is too
 * big, in one frame or in many, compressed or not, and otherwise as RFC 6455 has it. Nothing
 * follows the close frame (RFC 6455, 5.5.1) but, soon, the end of the connection.
 */
final class SocketGuard extends ChannelDuplexHandler {

  /** What a WebSocket is upgraded to, in the header {@code Upgrade}. */
  static final String WEB_SOCKET = "websocket";

  private static final String NAME = "server-events-socket-guard";

  /** The greatest code that a close frame may have (RFC 6455, 7.4.2). */
  private static final int MAX_CODE = 4_999;

  /** How many seconds a client has to read the close frame and to answer it. */
  private static final long CLOSING_S = 3;

  private final long maxBytes;
  private long bytes;
  private @Nullable WebSocketCloseStatus fault;
  private boolean isClosing;

  /** Whether a frame was wrong, so that Vert.x does not wait for the client's close frame. */
  private boolean isWrong;

  /** Whether it waits for that in its place. */
  private boolean isLingering;

  /** Whether the client has sent its close frame, behind which nothing comes. */
  private boolean hasClosed;

  /** Whether Vert.x knows that the connection has ended. */
  private boolean isOver;

  private SocketGuard(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Watches over the WebSocket that a request asks for, if it asks for one. */
  static void watch(RoutingContext ctx, long maxBytes) {
    if (isUpgrade(ctx) && ctx.request().connection() instanceof ConnectionBase connection) {
      var pipeline = connection.channel().pipeline();
      if (pipeline.get(NAME) == null) {
        pipeline.addBefore(ClosingConnections.VERTX, NAME + "-text", new Utf8FrameValidator(false));
        pipeline.addBefore(ClosingConnections.VERTX, NAME, new SocketGuard(maxBytes));
      }
    }
    ctx.next();
  }

  /** Tells whether a request asks for a WebSocket. */
  static boolean isUpgrade(RoutingContext ctx) {
    return WEB_SOCKET.equalsIgnoreCase(ctx.request().getHeader(HttpHeaders.UPGRADE));
  }

  /** Closes the WebSocket of a request, for a message beyond the HTTP server's own limit. */
  static void tooBig(RoutingContext ctx) {
    var channel = watched(ctx);
    if (channel != null && channel.handler() instanceof SocketGuard guard) {
      guard.tooBig(channel);
    }
  }

  /**
   * Ends the connection of a request's WebSocket, if it is one, a while after it was closed. Vert.x
   * waits for the answer from when its close frame has left, which may be never.
   */
  static void endSoon(RoutingContext ctx) {
    var channel = watched(ctx);
    if (channel != null) {
      endSoon(channel);
    }
  }

  private static @Nullable ChannelHandlerContext watched(RoutingContext ctx) {
    return isUpgrade(ctx) && ctx.request().connection() instanceof ConnectionBase connection
        ? connection.channel().pipeline().context(NAME)
        : null;
  }

  private static void endSoon(ChannelHandlerContext channel) {
    var unused = channel.executor().schedule(() -> end(channel), CLOSING_S, TimeUnit.SECONDS);
  }

  private static void end(ChannelHandlerContext channel) {
    var unused = channel.close();
  }

  /** Vert.x then closes the connection in order, and reads no more of it. */
  private void tooBig(ChannelHandlerContext channel) {
    if (fault == null) {
      fault = WebSocketCloseStatus.MESSAGE_TOO_BIG;
      var unused = channel.channel().close();
      endSoon(channel);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext channel, Object message) {
    hasClosed |= message instanceof CloseWebSocketFrame;
    if (isLingering) {
      ReferenceCountUtil.release(message);
      if (hasClosed) {
        end(channel);
      }
    } else if (message instanceof WebSocketFrame frame && isTooBig(frame)) {
      ReferenceCountUtil.release(message);
      tooBig(channel);
    } else if (message instanceof WebSocketFrame frame && isUndefined(frame)) {
      ReferenceCountUtil.release(message);
      exceptionCaught(
          channel,
          new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, "undefined"));
    } else {
      channel.fireChannelRead(message);
    }
  }

  private boolean isTooBig(WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame
        || frame instanceof PingWebSocketFrame
        || frame instanceof PongWebSocketFrame) {
      return false;
    }
    var before = frame instanceof ContinuationWebSocketFrame ? bytes : 0;
    bytes = before + frame.content().readableBytes();
    return bytes > maxBytes;
  }

  /** What Vert.x takes: a reserved bit that no extension has taken away, or a code out of range. */
  private static boolean isUndefined(WebSocketFrame frame) {
    return frame.rsv() != 0
        || (frame instanceof CloseWebSocketFrame close && close.statusCode() > MAX_CODE);
  }

  /**
   * Netty's decoder of compressed frames throws once more when a connection ends on which it could
   * not decode a frame, and does not pass the end on.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
    if (!channel.channel().isActive()) {
      channelInactive(channel);
      return;
    }
    if (fault == null) {
      fault = status(cause);
      isWrong = true;
      endSoon(channel);
    }
    if (!isLingering) {
      channel.fireExceptionCaught(cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext channel) {
    if (!isOver) {
      isOver = true;
      channel.fireChannelInactive();
    }
  }

  /**
   * Vert.x closes as soon as its close frame has left. What the client still sends, as the rest of
   * a frame that is too big, would be answered by a reset, at which it may lose the close frame: it
   * is read, and dropped, until the client closes, or {@link #endSoon the end}.
   */
  @Override
  public void close(ChannelHandlerContext channel, ChannelPromise closed) {
    if (isWrong && !hasClosed) {
      isLingering = true;
      channel.channel().closeFuture().addListener(done -> closed.trySuccess());
    } else {
      var unused = channel.close(closed);
    }
  }

  private static @Nullable WebSocketCloseStatus status(Throwable cause) {
    if (cause instanceof DecompressionException wrong) {
      return wrong.getCause() == null
          ? WebSocketCloseStatus.MESSAGE_TOO_BIG
          : WebSocketCloseStatus.INVALID_PAYLOAD_DATA;
    }
    return cause instanceof CorruptedWebSocketFrameException wrong ? wrong.closeStatus() : null;
  }

  @Override
  public void write(ChannelHandlerContext channel, Object message, ChannelPromise written)
      throws Exception {
    if (message instanceof CloseWebSocketFrame) {
      isClosing = true;
      super.write(channel, withFault(message), written);
    } else if (isClosing) {
      ReferenceCountUtil.release(message);
      written.tryFailure(new ClosedChannelException());
    } else {
      super.write(channel, message, written);
    }
  }

  private Object withFault(Object frame) {
    if (fault == null) {
      return frame;
    }
    ReferenceCountUtil.release(frame);
    return new CloseWebSocketFrame(fault);
  }
}
