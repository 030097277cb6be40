package dev.serverevents.web;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The addresses by which clients are told apart. */
public final class ClientAddress {

  private static final String UNKNOWN = "unknown";
  private static final int IPV6_BYTES = 16;
  private static final int NETWORK_BYTES = 8;

  private ClientAddress() {}

  /**
   * The address from which a client connects; of an IPv6 address its network (/64), of which one
   * client has all addresses. No header counts, since anybody can send one.
   */
  public static String of(@Nullable SocketAddress remote) {
    var address = remote == null ? null : remote.hostAddress();
    if (address == null) {
      return UNKNOWN;
    }
    var bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes != null && bytes.length == IPV6_BYTES
        ? HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES) + "/64"
        : address;
  }
}
