package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.loop.EndOfTurn;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.PubSubCommands;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands that subscribe and unsubscribe channels on one connection. Changes are collected for
 * one event-loop turn, so that a channel left and joined again in one turn costs nothing, and sent
 * in commands of many channels, all in one write.
 *
 * <p>Redis answers the commands of a connection in their order, so an answer belongs to the first
 * command that is not answered yet. Nothing else may be sent on the connection.
 */
final class CommandQueue {

  /** Channels in one command: more would hold Redis, and this event loop, for too long. */
  private static final int CHUNK = 500;

  /** Channels that may await their answers. */
  private static final int WINDOW = 4 * CHUNK;

  /** The number of a command that changes nothing. */
  private static final int ECHO = 0;

  private final PubSub pubsub;
  private final Channels channels;
  private final Consumer<PubSubCommands> connection;
  private final EndOfTurn endOfTurn;

  /** Channels that are wanted, or not wanted any more, since their last command; each one once. */
  private final Deque<Channel> changed = new ArrayDeque<>();

  /** The commands that are not answered, in the order in which they were sent. */
  private final Deque<SentCommand> sent = new ArrayDeque<>();

  /** How many channels these are not answered for. */
  private int awaited;

  /** The number of the last command; after the greatest one, they begin at 1 again. */
  private int lastNumber = ECHO;

  private boolean ended;

  /**
   * Has nothing to send yet.
   *
   * @param connection sends commands in one write
   */
  CommandQueue(
      Context context, PubSub pubsub, Channels channels, Consumer<PubSubCommands> connection) {
    this.pubsub = pubsub;
    this.channels = channels;
    this.connection = connection;
    endOfTurn = new EndOfTurn(context, this::flush);
  }

  /** Sends at the end of the turn what a channel needs now, if it needs anything. */
  void change(Channel channel) {
    if (ended) {
      channels.removeUnlessWanted(channel);
      return;
    }
    channel.enter(this);
    if (channel.queue()) {
      changed.add(channel);
      endOfTurn.schedule();
    }
  }

  /**
   * Subscribes a channel once more that is subscribed.
   *
   * @return completes when Redis has answered, whatever it answers
   */
  Future<Void> echo(Channel channel) {
    var echo = new SentCommand(ECHO, true, List.of(channel));
    var commands = new PubSubCommands(1);
    var answered = echo.whenAnswered();
    add(echo, commands);
    connection.accept(commands);
    return answered;
  }

  /** Whether nothing is to be sent, and all that was sent is answered. */
  boolean isIdle() {
    return changed.isEmpty() && sent.isEmpty();
  }

  /** Sends as much as there is room for. */
  void flush() {
    if (changed.isEmpty() || awaited >= WINDOW) {
      return;
    }
    var commands = new PubSubCommands(Math.min(WINDOW - awaited, changed.size()));
    while (!ended && awaited < WINDOW && !changed.isEmpty()) {
      var subscribe = new ArrayList<Channel>();
      var unsubscribe = new ArrayList<Channel>();
      for (var channel : takeChunk()) {
        if (channel.needsCommand()) {
          (channel.isWanted() ? subscribe : unsubscribe).add(channel);
        } else if (channel.isUnneeded()) {
          channels.remove(channel);
        }
      }
      addBySlot(true, subscribe, commands);
      addBySlot(false, unsubscribe, commands);
    }
    if (!commands.isEmpty()) {
      connection.accept(commands);
    }
  }

  private List<Channel> takeChunk() {
    var chunk = new ArrayList<Channel>();
    while (!changed.isEmpty() && chunk.size() < CHUNK) {
      if (changed.getFirst().isAlone() && !chunk.isEmpty()) {
        break;
      }
      var channel = changed.removeFirst();
      channel.unqueue();
      chunk.add(channel);
      if (channel.isAlone()) {
        break;
      }
    }
    return chunk;
  }

  /** A command has channels of one slot. */
  private void addBySlot(boolean subscribe, List<Channel> list, PubSubCommands commands) {
    list.sort(Comparator.comparingInt(Channel::slot));
    var from = 0;
    for (var to = 1; to <= list.size(); to++) {
      if (to == list.size() || list.get(to).slot() != list.get(from).slot()) {
        var same = to - from == 1 ? List.of(list.get(from)) : list.subList(from, to);
        add(subscribe, same, commands);
        from = to;
      }
    }
  }

  private void add(boolean subscribe, List<Channel> list, PubSubCommands commands) {
    var number = Math.max(1, lastNumber + 1);
    lastNumber = number;
    for (var channel : list) {
      channel.sent(subscribe, number);
    }
    add(new SentCommand(number, subscribe, list), commands);
  }

  private void add(SentCommand command, PubSubCommands commands) {
    sent.add(command);
    awaited += command.channels().size();
    commands.begin(
        command.isSubscribe() ? pubsub.subscribe() : pubsub.unsubscribe(),
        command.channels().size());
    for (var channel : command.channels()) {
      commands.channel(channel.name());
    }
  }

  /**
   * Redis has answered for a channel.
   *
   * @return the command that this answers, or null if Redis was not asked
   */
  @Nullable SentCommand answered(boolean subscribed, String name) {
    var head = sent.peek();
    if (head == null || !head.isAnsweredBy(subscribed, name)) {
      return null;
    }
    awaited--;
    if (head.answered()) {
      sent.remove();
    }
    return head;
  }

  /**
   * Redis has answered with an error.
   *
   * @return the command that it answers, which is not answered for some of its channels; or null
   */
  @Nullable SentCommand refused(ErrorReply error) {
    var head = sent.peek();
    if (head == null || !head.isAnsweredBy(error)) {
      return null;
    }
    sent.remove();
    awaited -= head.unanswered();
    head.end();
    return head;
  }

  boolean hasEnded() {
    return ended;
  }

  /** The connection is gone: nothing is sent any more, and no answer will come. */
  void end() {
    ended = true;
    changed.forEach(channels::removeUnlessWanted);
    changed.clear();
    for (var command : sent) {
      command.channels().forEach(channels::removeUnlessWanted);
      command.fail();
    }
    sent.clear();
    awaited = 0;
  }
}
