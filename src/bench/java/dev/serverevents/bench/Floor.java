package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final RedisConnection input;
  private final JobQueue jobs;
  private final Map<String, Wait> waits = new HashMap<>();
  private Request subscribe;
  private Request unsubscribe;
  private boolean scheduled;
  private List<Request> emits = new ArrayList<>();
  private Promise<List<Response>> emitted = Promise.promise();

  private static final class Wait {
    final Promise<Object> result = Promise.promise();
    final Promise<Void> registered = Promise.promise();
    final long id;
    long timer;

    Wait(long id) {
      this.id = id;
    }
  }

  Floor(String redisUrl, boolean direct) {
    this.direct = direct;
    output = connect(redisUrl);
    input = connect(redisUrl);
    jobs = new JobQueue(context, connect(redisUrl));
    output.handler(this::push);
    if (direct) {
      output.send(Request.cmd(Command.SUBSCRIBE).arg(INBOX)).await();
    }
  }

  private RedisConnection connect(String redisUrl) {
    var connected = Promise.<RedisConnection>promise();
    var options = new RedisOptions().setConnectionString(redisUrl).setMaxWaitingHandlers(1_000_000);
    context.runOnContext(v -> Redis.createClient(vertx, options).connect().onComplete(connected));
    return connected.future().await();
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    var wait = new Wait(id);
    Loop.run(context, () -> start(wait));
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
        if (channel.startsWith("bench:") && !direct) {
          jobs.push(channel, waits.get(channel).id);
        } else if (!direct) {
          waits.get(channel).registered.complete();
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
      context.runOnContext(v -> send());
    }
    return (request == null ? Request.cmd(command) : request).arg(channel);
  }

  private void send() {
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
  public CompletionStage<?> register(long id) {
    var wait = new Wait(id);
    Loop.run(
        context,
        () -> {
          var key = direct ? String.valueOf(id) : "pending:" + id;
          waits.put(key, wait);
          wait.timer = vertx.setTimer(PENDING_MS, t -> wait.result.fail("timed out"));
          if (direct) {
            wait.registered.complete();
          } else {
            subscribe = add(subscribe, Command.SUBSCRIBE, key);
          }
        });
    return wait.registered.future().toCompletionStage();
  }

  @Override
  public CompletionStage<?> timeOut(long id) {
    var done = Promise.<Void>promise();
    var wait = new Wait(id);
    var key = direct ? String.valueOf(id) : "timeout:" + id;
    waits.put(key, wait);
    wait.timer =
        vertx.setTimer(
            SHORT_MS,
            t -> {
              waits.remove(key);
              if (!direct) {
                unsubscribe = add(unsubscribe, Command.UNSUBSCRIBE, key);
              }
              done.complete();
            });
    if (!direct) {
      subscribe = add(subscribe, Command.SUBSCRIBE, key);
    }
    return done.future().toCompletionStage();
  }

  @Override
  public CompletionStage<?> endAll() {
    var done = Promise.<Void>promise();
    Loop.run(
        context,
        () -> {
          waits.forEach(
              (key, wait) -> {
                vertx.cancelTimer(wait.timer);
                if (!direct) {
                  unsubscribe = add(unsubscribe, Command.UNSUBSCRIBE, key);
                }
                wait.result.fail("ended");
              });
          waits.clear();
          done.complete();
        });
    return done.future().toCompletionStage();
  }

  @Override
  public CompletionStage<?> emit(long id) {
    if (emits.isEmpty()) {
      context.runOnContext(v -> publish());
    }
    var payload = WorkerMain.payload(String.valueOf(id));
    emits.add(Request.cmd(Command.PUBLISH).arg("burst:" + id).arg(payload));
    return emitted.future().toCompletionStage();
  }

  private void publish() {
    var batch = emits;
    var done = emitted;
    emits = new ArrayList<>();
    emitted = Promise.promise();
    input.batch(batch).onComplete(done);
  }

  @Override
  public Optional<Context> context() {
    return Optional.of(context);
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
