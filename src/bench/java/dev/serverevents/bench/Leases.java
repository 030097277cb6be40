package dev.serverevents.bench;

import dev.serverevents.Job;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;

/** Workers that have jobs, as far as Redis knows: their channels are subscribed. */
final class Leases {

  /** How many workers share the waits that are only claimed, and never answered. */
  private static final int WORKERS = 100;

  private final Vertx vertx;
  private final String url;
  private RedisConnection publishing;

  Leases(Vertx vertx, String url) {
    this.vertx = vertx;
    this.url = url;
  }

  private RedisConnection connect() {
    var options = new RedisOptions().setConnectionString(url).setMaxWaitingHandlers(100_000);
    return Redis.createClient(vertx, options).connect().await();
  }

  /** Is there, as a worker. */
  void hold(String... ids) {
    var subscribe = Request.cmd(Command.SUBSCRIBE);
    for (var id : ids) {
      subscribe.arg("$worker:" + id);
    }
    var connection = connect();
    connection.handler(message -> {});
    connection.send(subscribe).await();
  }

  /** Connects, and is there as a hundred workers. */
  void open() {
    publishing = connect();
    var ids = new String[WORKERS];
    for (var i = 0; i < WORKERS; i++) {
      ids[i] = "w" + i;
    }
    hold(ids);
  }

  /** Claims a job as one of the hundred. */
  Future<Void> claim(Job job) {
    var worker = "w" + Long.parseLong(job.id()) % WORKERS;
    var payload = "[\"$claim\",\"%s\",%s,\"%s\"]".formatted(job.name(), job.id(), worker);
    return publishing.send(Request.cmd(Command.PUBLISH).arg(job.claimTo()).arg(payload)).mapEmpty();
  }

  /** How many commands Redis has processed before this one. */
  long commands() {
    var stats = publishing.send(Request.cmd(Command.INFO).arg("stats")).await().toString();
    return Long.parseLong(stats.replaceAll("(?s).*total_commands_processed:(\\d+).*", "$1"));
  }

  /** What a worker says that has a job of the benchmark. */
  static String claim(String id, String worker) {
    return "[\"$claim\",\"bench\"," + id + ",\"" + worker + "\"]";
  }
}
