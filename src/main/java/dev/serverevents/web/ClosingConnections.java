package dev.serverevents.web;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Has nothing done that comes behind a close by this server. Vert.x closes a connection of HTTP/1
 * once all has left, and until then would answer whatever comes, however much waits for the client
 * to read it.
 */
public final class ClosingConnections extends ChannelOutboundHandlerAdapter {

  /** Where Vert.x is in the pipeline of a connection. */
  static final String VERTX = "handler";

  private static final String NAME = "server-events-closing";

  private boolean isClosing;

  private ClosingConnections() {}

  /** Watches a connection, which has not been watched before. */
  static void watch(ChannelPipeline pipeline) {
    if (isHttp1(pipeline)) {
      var closing = new ClosingConnections();
      pipeline.addBefore(VERTX, NAME + "-reads", closing.new Reads()).addLast(NAME, closing);
    }
  }

  /** Whether a connection is one of HTTP/1, and has not become a WebSocket. */
  static boolean isHttp1(ChannelPipeline pipeline) {
    return pipeline.get(HttpRequestDecoder.class) != null;
  }

  /** Closes a connection, of HTTP/1 at once, whether its client reads what waits for it or not. */
  public static void closeNow(HttpConnection connection) {
    if (connection instanceof ConnectionBase base && isHttp1(base.channel().pipeline())) {
      var unused = base.channelHandlerContext().close();
    } else {
      connection.close();
    }
  }

  @Override
  public void close(ChannelHandlerContext channel, ChannelPromise closed) {
    isClosing |= isHttp1(channel.pipeline());
    var unused = channel.close(closed);
  }

  private final class Reads extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
      if (isClosing) {
        ReferenceCountUtil.release(message);
      } else {
        channel.fireChannelRead(message);
      }
    }
  }
}
