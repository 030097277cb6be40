package dev.serverevents.web;

import dev.serverevents.internal.loop.Chores;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections that their clients have broken or closed, a few at a time: thousands may go in
 * one turn, and closing them all would hold the event loop.
 */
public final class BrokenConnections extends ChannelInboundHandlerAdapter {

  /** A request that may still be answered once its client has closed its own direction. */
  interface Answering {
    /** The client has closed its direction. */
    void halfClosed();

    /** The connection is closed. */
    void closed();
  }

  private static final String NAME = "server-events-broken";

  private final ConnectionBase connection;
  private @Nullable Answering request;
  private boolean isBroken;
  private boolean isHalfClosed;

  private BrokenConnections(ConnectionBase connection) {
    this.connection = connection;
  }

  /** Watches a connection from now on. */
  public static void watch(HttpConnection connection) {
    var unused = of(connection);
  }

  /** What watches a connection, or null where nothing can. */
  static @Nullable BrokenConnections of(HttpConnection connection) {
    if (!(connection instanceof ConnectionBase base)) {
      return null;
    }
    var channel = base.channel();
    if (channel.pipeline().get(NAME) instanceof BrokenConnections watching) {
      return watching;
    }
    var broken = new BrokenConnections(base);
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
    channel.pipeline().addFirst(NAME, broken);
    ClosingConnections.watch(channel.pipeline());
    return broken;
  }

  /** Has a request, the newest one, be told in the place of a close by its client. */
  void set(Answering newest) {
    request = newest;
    if (isHalfClosed) {
      tell(newest);
    }
  }

  /** Whether no request has come after this one. */
  boolean isNewest(Answering answering) {
    return answering.equals(request);
  }

  private void tell(Answering answering) {
    Chores.add(connection.context(), answering::halfClosed);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext channel, Object event) {
    if (event instanceof ChannelOutputShutdownEvent) { // a write failed
      broken(channel);
    } else if (event instanceof ChannelInputShutdownEvent && !isBroken) {
      isHalfClosed = true;
      var answering = request;
      if (answering == null || !ClosingConnections.isHttp1(channel.pipeline())) {
        broken(channel);
      } else {
        tell(answering);
      }
    }
    channel.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext channel, Throwable thrown) {
    if (thrown instanceof IOException) { // a read failed
      broken(channel);
    } else {
      channel.fireExceptionCaught(thrown);
    }
  }

  private void broken(ChannelHandlerContext channel) {
    if (!isBroken) {
      isBroken = true;
      Chores.add(
          connection.context(),
          () -> {
            var unused = channel.close();
          });
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext channel) {
    if (request != null) {
      request.closed();
    }
    channel.fireChannelInactive();
  }
}
