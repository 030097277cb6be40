package dev.serverevents.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;

/**
 * The Redis list of jobs, as an application would use it that knows what a write costs: what one
 * event-loop turn hands over goes out in one command. Every Vert.x contender uses this one.
 */
final class JobQueue {

  static final String LIST = "bench:jobs";
  private static final char SEPARATOR = ' ';

  private final Context context;
  private final RedisConnection redis;
  private Request push = Request.cmd(Command.RPUSH).arg(LIST);
  private Promise<Void> pushed;

  JobQueue(Context context, RedisConnection redis) {
    this.context = context;
    this.redis = redis;
  }

  /** Hands a job over. To be called on the context. */
  Future<Void> push(String replyTo, long id) {
    if (pushed == null) {
      pushed = Promise.promise();
      context.runOnContext(v -> flush());
    }
    push.arg(job(replyTo, id));
    return pushed.future();
  }

  private void flush() {
    var promise = pushed;
    pushed = null;
    redis.send(push).<Void>mapEmpty().onComplete(promise);
    push = Request.cmd(Command.RPUSH).arg(LIST);
  }

  /** What stands in the list: the id, and the channel of the reply, which may contain spaces. */
  static String job(String replyTo, long id) {
    return id + " " + replyTo;
  }

  static String id(String job) {
    return job.substring(0, job.indexOf(SEPARATOR));
  }

  static String replyTo(String job) {
    return job.substring(job.indexOf(SEPARATOR) + 1);
  }
}
