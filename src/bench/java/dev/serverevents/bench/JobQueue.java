package dev.serverevents.bench;

import dev.serverevents.Job;
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
  private static final char CLAIM_TO = '\t';

  private final Context context;
  private final RedisConnection redis;
  private Request push = Request.cmd(Command.RPUSH).arg(LIST);
  private Promise<Void> pushed;

  JobQueue(Context context, RedisConnection redis) {
    this.context = context;
    this.redis = redis;
  }

  /** Hands a job over that is to be claimed, or to be replied to. */
  Future<Void> push(Job job, long id) {
    var result = job.replyTo() == null ? "bench:" + id : job.replyTo();
    return push(job.claimTo() == null ? result : result + CLAIM_TO + job.claimTo(), id);
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
    var end = job.indexOf(CLAIM_TO);
    return job.substring(job.indexOf(SEPARATOR) + 1, end < 0 ? job.length() : end);
  }

  /** Where the job is to be claimed, or null. */
  static String claimTo(String job) {
    var start = job.indexOf(CLAIM_TO);
    return start < 0 ? null : job.substring(start + 1);
  }
}
