package dev.serverevents.bench;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.nats.client.Nats;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The worker of all contenders: it answers each job at once, with 200 bytes. Asked on its standard
 * input, it tells how much it emitted, and how often Redis delivered that.
 */
final class WorkerMain {

  static final String SUBJECT = "bench";

  /** Taken, and never answered. */
  static final String SILENT_SUBJECT = "silent";

  /** What tells the worker from others, where its jobs are claimed. */
  private static final String ID = "worker";

  static final String RESULT = "x".repeat(200);

  private static final LongAdder EMITS = new LongAdder();
  private static final LongAdder DELIVERIES = new LongAdder();

  private WorkerMain() {}

  /** Takes {@code redis URL}, {@code nats URL}, or {@code cluster QUEUE-URL REDIS-JSON}. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "nats" -> answerNats(args[1]);
      case "cluster" -> answerInCluster(args[1], new JsonObject(args[2]));
      default -> answerRedis(args[1]);
    }
    System.out.println("ready");
    try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (input.readLine() != null) {
        System.out.println(
            new JsonObject()
                .put("emits", EMITS.sum())
                .put("deliveries", DELIVERIES.sum())
                .encode());
      }
    }
  }

  /** The payload of an event. */
  static String payload(String id) {
    return "[\"bench\"," + id + ",\"" + RESULT + "\"]";
  }

  private static void answerNats(String url) throws Exception {
    var connection = Nats.connect(url);
    connection
        .createDispatcher(
            message -> {
              var id = new String(message.getData(), StandardCharsets.UTF_8);
              var answer = payload(id).getBytes(StandardCharsets.UTF_8);
              connection.publish(message.getReplyTo(), answer);
            })
        .subscribe(SUBJECT);
    connection.createDispatcher(message -> {}).subscribe(SILENT_SUBJECT);
    connection.flush(null);
  }

  private static RedisConnection connect(Vertx vertx, String url) {
    var options = new RedisOptions().setConnectionString(url).setMaxWaitingHandlers(100_000);
    return Redis.createClient(vertx, options).connect().await();
  }

  private static void answerRedis(String url) {
    var vertx = Vertx.vertx();
    var publishing = connect(vertx, url);
    new Leases(vertx, url).hold(ID);
    next(connect(vertx, url), jobs -> publish(jobs, publishing));
  }

  private static void answerInCluster(String queueUrl, JsonObject redis) {
    var vertx = Vertx.vertx();
    var options =
        new ServerEventsOptions().setRedis(new RedisServerOptions(redis)).setListen(false);
    vertx.deployVerticle(new ServerEventsVerticle(options)).await();
    var events = ServerEvents.create(vertx);
    next(
        connect(vertx, queueUrl),
        jobs ->
            jobs.forEach(
                job -> answer(job.toString(), events).onSuccess(receivers -> EMITS.increment())));
  }

  private static Future<Integer> answer(String job, ServerEvents events) {
    var id = Long.parseLong(JobQueue.id(job));
    var replyTo = JobQueue.replyTo(job);
    return replyTo.startsWith("$")
        ? events.reply(replyTo, SUBJECT, id, RESULT)
        : events.emit(SUBJECT, id, RESULT);
  }

  private static void next(RedisConnection taking, Consumer<Response> answer) {
    var take = Request.cmd(Command.BLMPOP).arg(0).arg(1).arg(JobQueue.LIST);
    taking
        .send(take.arg("LEFT").arg("COUNT").arg(1_000))
        .onSuccess(
            taken -> {
              answer.accept(taken.get(1));
              next(taking, answer);
            });
  }

  private static void publish(Response jobs, RedisConnection publishing) {
    var answers = new ArrayList<Request>();
    for (var job : jobs) {
      var text = job.toString();
      var claimTo = JobQueue.claimTo(text);
      if (claimTo != null) {
        answers.add(
            Request.cmd(Command.PUBLISH).arg(claimTo).arg(Leases.claim(JobQueue.id(text), ID)));
      }
      answers.add(
          Request.cmd(Command.PUBLISH).arg(JobQueue.replyTo(text)).arg(payload(JobQueue.id(text))));
    }
    publishing
        .batch(answers)
        .onSuccess(
            receivers -> {
              EMITS.add(receivers.size());
              receivers.forEach(count -> DELIVERIES.add(count.toInteger()));
            });
  }
}
