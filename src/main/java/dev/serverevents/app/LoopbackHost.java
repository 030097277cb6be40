package dev.serverevents.app;

import dev.serverevents.InvalidInputException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Lets those in who ask for this machine by a name that leads nowhere else. A page whose host name
 * its owner lets lead here (DNS rebinding) is of one origin with what it asks for, and can be told
 * by that name alone.
 */
final class LoopbackHost implements SecurityPolicyHandler {

  @Override
  public void handle(RoutingContext ctx) {
    var authority = ctx.request().authority();
    var host = authority == null ? "" : authority.host();
    if (is(host)) {
      ctx.next();
    } else {
      var why =
          new InvalidInputException(
              "Host", host, "must be a loopback address or \"localhost\" without http.keys");
      ctx.fail(new HttpException(HttpResponseStatus.FORBIDDEN.code(), why.getMessage()));
    }
  }

  /** Only of an address or localhost: any other name may lead anywhere. */
  static boolean is(String host) {
    var bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null
          ? host.equals("localhost")
          : InetAddress.getByAddress(bytes).isLoopbackAddress();
    } catch (UnknownHostException impossible) { // the bytes are those of an address
      throw new IllegalStateException(impossible);
    }
  }
}
