package dev.serverevents.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A network namespace for a Redis, as {@code ip netns} makes them, with two addresses: one on which
 * all packets can be dropped silently, both ways, and one on which the test goes on to reach it.
 */
public final class TestNetwork implements AutoCloseable {

  // Two JVMs that run tests beside each other have subnets of their own
  private static final String SUBNET_CUT = "10.231.%d.".formatted(2 * Fork.NUMBER + 7);
  private static final String SUBNET_KEPT = "10.231.%d.".formatted(2 * Fork.NUMBER + 8);

  /** The address that is cut. */
  public static final String HOST = SUBNET_CUT + "2";

  /** The address that stays. */
  static final String CONTROL_HOST = SUBNET_KEPT + "2";

  private static final Path HERE = Path.of(".");

  private final String name = "se" + ThreadLocalRandom.current().nextInt(100_000);

  /** Makes one; aborts the test with a notice where that is not possible. */
  public TestNetwork() {
    var isPossible =
        Programs.run(HERE, "ip", "netns", "add", name)
            && Programs.run(HERE, "ip", "netns", "exec", name, "iptables", "-L");
    if (!isPossible) {
      close();
    }
    Programs.assume(isPossible, "no network namespaces with iptables here (root, iproute2)");
    run("ip link add %s type veth peer name eth0 netns %s".formatted(outside(), name));
    run("ip addr add %s1/24 dev %s".formatted(SUBNET_CUT, outside()));
    run("ip addr add %s1/24 dev %s".formatted(SUBNET_KEPT, outside()));
    run("ip link set %s up".formatted(outside()));
    inside("ip addr add %s/24 dev eth0".formatted(HOST));
    inside("ip addr add %s/24 dev eth0".formatted(CONTROL_HOST));
    inside("ip link set eth0 up");
    inside("ip link set lo up");
  }

  private String outside() {
    return name + "v";
  }

  private void inside(String command) {
    run("ip netns exec %s %s".formatted(name, command));
  }

  private static void run(String command) {
    if (!Programs.run(HERE, command.split(" "))) {
      throw new UncheckedIOException(new IOException("failed: " + command));
    }
  }

  RedisRun startRedis(List<String> arguments, int port) {
    var all = new ArrayList<>(arguments);
    all.addAll(List.of("--port", String.valueOf(port)));
    return new RedisProcess(
        List.of("ip", "netns", "exec", name), Map.of(), all, "Ready to accept connections");
  }

  /** Drops all packets from and to the address, without a word to either end. */
  public void cut() {
    inside("iptables -A INPUT -d %s -j DROP".formatted(HOST));
    inside("iptables -A OUTPUT -s %s -j DROP".formatted(HOST));
  }

  /** Drops such a share of all packets from and to the address, from 0 to 1. */
  public void drop(double share) {
    inside(
        "iptables -A INPUT -d %s -m statistic --mode random --probability %s -j DROP"
            .formatted(HOST, share));
    inside(
        "iptables -A OUTPUT -s %s -m statistic --mode random --probability %s -j DROP"
            .formatted(HOST, share));
  }

  /** Lets all packets pass again. */
  public void mend() {
    inside("iptables -F");
  }

  @Override
  public void close() {
    Programs.run(HERE, "ip", "link", "del", outside());
    Programs.run(HERE, "ip", "netns", "del", name);
  }
}
