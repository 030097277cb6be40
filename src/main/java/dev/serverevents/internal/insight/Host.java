package dev.serverevents.internal.insight;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The name of this host, which may take a while to be found. */
final class Host {

  private static final CompletableFuture<String> NAME = CompletableFuture.supplyAsync(Host::find);

  private Host() {}

  private static String find() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unknown) {
      return "";
    }
  }

  /** It, or an empty text as long as it is not known. */
  static String name() {
    return Objects.requireNonNullElse(NAME.getNow(""), "");
  }
}
