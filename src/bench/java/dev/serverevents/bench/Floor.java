package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * What one would write by hand for this benchmark alone: one event loop, no event bus, commands
 * collected by turn, timeouts, and nothing that survives a fault.
 */
final class Floor implements Contender {

  private static final String INBOX = "bench:inbox";

  private final Vertx vertx = Contender.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final boolean direct;
  private final RedisConnection output;
  private final JobQueue jobs;
  private final Map<String, Wait> waits = new HashMap<>();
  private Request subscribe;
  private Request unsubscribe;
  private boolean scheduled;

  private static final class Wait {
    final Promise<Object> result = Promise.promise();
    final long id;
    long timer;

    Wait(long id) {
      this.id = id;
    }
  }

  Floor(String redisUrl, boolean direct) {
    this.direct = direct;
    output = connect(redisUrl);
    jobs = new JobQueue(context, connect(redisUrl));
    output.handler(this::push);
    if (direct) {
      output.send(Request.cmd(Command.SUBSCRIBE).arg(INBOX)).await();
    }
  }

  private RedisConnection connect(String redisUrl) {
    var connected = Promise.<RedisConnection>promise();
    context.runOnContext(v -> Redis.createClient(vertx, redisUrl).connect().onComplete(connected));
    return connected.future().await();
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    var wait = new Wait(id);
    if (Vertx.currentContext() == context) {
      start(wait);
    } else {
      context.runOnContext(v -> start(wait));
    }
    return wait.result.future().toCompletionStage();
  }

  private void start(Wait wait) {
    var key = direct ? String.valueOf(wait.id) : "bench:" + wait.id;
    waits.put(key, wait);
    wait.timer = vertx.setTimer(TIMEOUT_MS, t -> wait.result.fail("timed out"));
    if (direct) {
      jobs.push(INBOX, wait.id);
    } else {
      subscribe = add(subscribe, Command.SUBSCRIBE, key);
    }
  }

  private void push(Response push) {
    var channel = push.get(1).toString();
    switch (push.get(0).toString()) {
      case "message" -> message(channel, new JsonArray(push.get(2).toBuffer()));
      case "subscribe" -> {
        if (!direct) {
          jobs.push(channel, waits.get(channel).id);
        }
      }
      default -> {}
    }
  }

  private void message(String channel, JsonArray payload) {
    var wait = waits.remove(direct ? payload.getValue(1).toString() : channel);
    vertx.cancelTimer(wait.timer);
    if (!direct) {
      unsubscribe = add(unsubscribe, Command.UNSUBSCRIBE, channel);
    }
    wait.result.complete(payload.getValue(2));
  }

  private Request add(Request request, Command command, String channel) {
    if (!scheduled) {
      scheduled = true;
      context.runOnContext(v -> flush());
    }
    return (request == null ? Request.cmd(command) : request).arg(channel);
  }

  private void flush() {
    scheduled = false;
    if (subscribe != null) {
      output.send(subscribe);
      subscribe = null;
    }
    if (unsubscribe != null) {
      output.send(unsubscribe);
      unsubscribe = null;
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
