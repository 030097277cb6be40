package dev.serverevents.internal.redis;

import dev.serverevents.internal.redis.connection.ErrorReply;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks Redis how many connections subscribe channels. Used on the verticle's context only. */
final class SubscriberCounts {

  /** How many channels are asked for in one command, which keeps Redis busy for less than 1 ms. */
  private static final int MAX_CHANNELS = 1_000;

  private SubscriberCounts() {}

  /**
   * Counts the subscribers of channels at all masters together. Each master counts those that
   * subscribe there, wherever the channel's slot is said to be at present.
   *
   * @param isSharded whether the channels are sharded
   * @return the counts in the order of the channels; -1 for one without subscribers, as far as the
   *     masters answer, while not all of them do; fails with {@link ErrorReply} if Redis refuses
   */
  static Future<List<Long>> count(
      Collection<Master> masters, boolean isSharded, List<String> channels) {
    var parts = new ArrayList<Future<List<Long>>>();
    for (var i = 0; i < channels.size(); i += MAX_CHANNELS) {
      var part = channels.subList(i, Math.min(i + MAX_CHANNELS, channels.size()));
      parts.add(countAll(masters, isSharded, part));
    }
    return Future.all(parts)
        .map(all -> parts.stream().flatMap(part -> part.result().stream()).toList());
  }

  private static Future<List<Long>> countAll(
      Collection<Master> masters, boolean isSharded, List<String> channels) {
    var question = Request.cmd(Command.PUBSUB).arg(isSharded ? "SHARDNUMSUB" : "NUMSUB");
    channels.forEach(question::arg);
    var answers = masters.stream().map(master -> master.input().send(question)).toList();
    return Future.join(answers)
        .transform(
            asked -> {
              var refusal = answers.stream().flatMap(SubscriberCounts::refusal).findFirst();
              return refusal.isPresent()
                  ? Future.failedFuture(refusal.get())
                  : Future.succeededFuture(sum(answers, channels.size(), asked.succeeded()));
            });
  }

  private static Stream<ErrorReply> refusal(Future<@Nullable Response> answer) {
    return answer.cause() instanceof ErrorReply error && error.kind() == ErrorReply.Kind.REFUSED
        ? Stream.of(error)
        : Stream.empty();
  }

  private static List<Long> sum(
      List<Future<@Nullable Response>> answers, int channels, boolean isComplete) {
    var sums = new ArrayList<Long>();
    for (var i = 0; i < channels; i++) {
      var sum = 0L;
      for (var answer : answers) {
        var counts = answer.result();
        sum += counts == null ? 0 : counts.get(2 * i + 1).toLong(); // channel, count, channel, ...
      }
      sums.add(sum == 0 && !isComplete ? -1 : sum);
    }
    return sums;
  }
}
