package dev.serverevents.bench;

import dev.serverevents.testing.TestRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What a node of a cluster has used so far.
 *
 * @param in bytes from clients, this one's questions included
 * @param busBytes see {@link #busBytes(TestRedis)}
 */
record NodeUse(double cpuUs, double commands, double in, double out, double bus, double busBytes) {

  private static final Pattern RECEIVED = Pattern.compile("bytes_received:(\\d+)");

  static NodeUse of(TestRedis redis) {
    var info = redis.command("INFO", "everything").toString();
    return new NodeUse(
        1e6 * (number(info, "used_cpu_user:") + number(info, "used_cpu_sys:")),
        number(info, "total_commands_processed:"),
        number(info, "total_net_input_bytes:"),
        number(info, "total_net_output_bytes:"),
        published(redis.command("CLUSTER", "INFO").toString()),
        busBytes(redis));
  }

  /** The memory that it uses, in bytes. */
  static double memory(TestRedis redis) {
    return number(redis.command("INFO", "memory").toString(), "used_memory:");
  }

  /** The events that came by the bus, by what {@code CLUSTER INFO} says. */
  static double published(String bus) {
    return number(bus, "cluster_stats_messages_publish_received:")
        + number(bus, "cluster_stats_messages_publishshard_received:");
  }

  /** The number that follows a name at the beginning of a line, or 0. */
  static double number(String text, String name) {
    var matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + "([0-9.]+)").matcher(text);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  /** What it has received on the connections of the bus; 0 where ss is not installed. */
  static double busBytes(TestRedis redis) {
    var port = redis.command("CONFIG", "GET", "cluster-port").get("cluster-port");
    try {
      var command = ("ss -tinH state established sport = :" + port).split(" ");
      var ss = new ProcessBuilder(command).start();
      var lines = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return RECEIVED
          .matcher(lines)
          .results()
          .mapToDouble(received -> Double.parseDouble(received.group(1)))
          .sum();
    } catch (IOException absent) {
      return 0;
    }
  }

  /** What it has used since then, for each of so many. */
  NodeUse since(NodeUse before, double many) {
    return new NodeUse(
        (cpuUs - before.cpuUs) / many,
        (commands - before.commands) / many,
        (in - before.in) / many,
        (out - before.out) / many,
        (bus - before.bus) / many,
        (busBytes - before.busBytes) / many);
  }
}
