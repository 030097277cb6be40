package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.redis.connection.ErrorReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A SUBSCRIBE or UNSUBSCRIBE that was sent: Redis answers it once for each of its channels. */
final class SentCommand {

  private final int number;
  private final boolean subscribe;
  private final List<Channel> channels;
  private int answers;

  /** For whoever waits for the answer; null where nobody does. */
  private @Nullable Promise<Void> answered;

  SentCommand(int number, boolean subscribe, List<Channel> channels) {
    this.number = number;
    this.subscribe = subscribe;
    this.channels = channels;
  }

  boolean isSubscribe() {
    return subscribe;
  }

  List<Channel> channels() {
    return channels;
  }

  /**
   * Completes when Redis has answered for all of its channels, or with an error. To be called once,
   * before that.
   */
  Future<Void> whenAnswered() {
    answered = Promise.promise();
    return answered.future();
  }

  /** Whether it is the last command that was sent for a channel, and is not answered for it. */
  boolean isAwaitedBy(Channel channel) {
    return channel.awaits(number);
  }

  /** How many channels it is not answered for. */
  int unanswered() {
    return channels.size() - answers;
  }

  /**
   * Whether an answer can be to it. Channels are answered in their order, unless an answer that
   * nobody asked for was taken for one of them.
   */
  boolean isAnsweredBy(boolean subscribed, String name) {
    return subscribe == subscribed
        && (channels.get(answers).name().equals(name)
            || channels.stream().anyMatch(channel -> channel.name().equals(name)));
  }

  /** Whether an error can be the answer to it. */
  boolean isAnsweredBy(ErrorReply error) {
    return error.slot() < 0 || error.slot() == channels.get(0).slot();
  }

  /** Redis has answered for one of its channels; returns whether that was the last. */
  boolean answered() {
    var isLast = ++answers == channels.size();
    if (isLast) {
      end();
    }
    return isLast;
  }

  /** Redis has answered with an error, and says no more about it. */
  void end() {
    if (answered != null) {
      answered.tryComplete();
    }
  }

  /** The connection broke before it was answered. */
  void fail() {
    if (answered != null) {
      answered.tryFail("the connection is gone");
    }
  }
}
