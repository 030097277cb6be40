package dev.serverevents.internal.redis.subscribe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.RedisServerOptions;
import dev.serverevents.internal.hub.ChannelListener;
import dev.serverevents.internal.hub.RefusalException;
import dev.serverevents.internal.loop.Work;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.PubSub;
import dev.serverevents.internal.redis.connection.PubSubCommands;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is sent for channels that are wanted, or not, and whose answer is whose. */
class CommandQueueTest {

  private static final String FORBIDDEN = "NOPERM no permission";

  private static final ChannelListener NOBODY =
      new ChannelListener() {
        @Override
        public @Nullable Work confirmed() {
          return null;
        }

        @Override
        public void lost() {}

        @Override
        public void refused(RefusalException cause) {}

        @Override
        public @Nullable Work message(String channel, Buffer payload) {
          return null;
        }
      };

  /** A context whose turn never ends: what is sent is sent by {@link CommandQueue#flush}. */
  private static final Context CONTEXT =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (self, method, args) -> null);

  private final List<String> sent = new ArrayList<>();
  private int writes;
  private final Channels channels = new Channels(PubSub.of(new RedisServerOptions()));
  private final CommandQueue queue = queue(channels, PubSub.of(new RedisServerOptions()));

  private CommandQueue queue(Channels channels, PubSub pubsub) {
    return new CommandQueue(CONTEXT, pubsub, channels, this::write);
  }

  private void write(PubSubCommands commands) {
    writes++;
    var words = commands.toBuffer().toString().replaceAll("\\$\\d+\r\n", "").replace("\r\n", " ");
    sent.addAll(List.of(words.substring(1).split("\\*")));
  }

  private Channel want(String name) {
    var channel = channels.want(name, NOBODY);
    queue.change(channel);
    return channel;
  }

  private void leave(Channel channel) {
    channel.dismiss();
    queue.change(channel);
  }

  private void answer(boolean subscribed, Channel channel) {
    var command = requireNonNull(queue.answered(subscribed, channel.name()));
    if (command.isAwaitedBy(channel)) {
      channel.answered();
    }
  }

  @Test
  void aChannelThatIsLeftAndJoinedAgainInOneTurnCostsNothing() {
    var channel = want("a");
    queue.flush();
    answer(true, channel);

    leave(channel);
    want("a");
    queue.flush();

    assertThat(sent).hasSize(1);
    assertThat(channel.isSubscribedOn(queue)).isTrue();
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void aChannelThatIsLeftBeforeItWasSubscribedIsForgotten() {
    leave(want("a"));
    queue.flush();

    assertThat(sent).isEmpty();
    assertThat(channels.all()).isEmpty();
  }

  @Test
  void onlyTheAnswerToTheLastCommandSaysHowFarAChannelIsSubscribed() {
    var channel = want("a");
    queue.flush();
    leave(channel);
    queue.flush();
    want("a");
    queue.flush();
    assertThat(sent).hasSize(3);

    answer(true, channel);
    answer(false, channel);
    assertThat(channel.isSubscribedOn(queue)).isFalse();
    answer(true, channel);
    assertThat(channel.isSubscribedOn(queue)).isTrue();
  }

  @Test
  void asManyChannelsAwaitTheirAnswersAsTheWindowHasRoomFor() {
    var all = IntStream.range(0, 2_501).mapToObj(i -> want("channel-" + i)).toList();
    queue.flush();
    assertThat(sent).hasSize(4);
    assertThat(writes).isEqualTo(1);

    all.subList(0, 2_000).forEach(channel -> answer(true, channel));
    queue.flush();
    assertThat(sent).hasSize(6);
  }

  @Test
  void channelsOfTwoSlotsGoInTwoCommandsAndOneWrite() {
    var sharded =
        PubSub.of(
            new RedisServerOptions(
                new JsonObject()
                    .put("type", "cluster")
                    .put("endpoints", List.of("redis://localhost:7000"))
                    .put("pubsub", "sharded")));
    var ofSlots = new Channels(sharded);
    var bySlot = queue(ofSlots, sharded);
    for (var name : List.of("{a}1", "{b}1", "{a}2")) {
      bySlot.change(ofSlots.want(name, NOBODY));
    }
    bySlot.flush();
    assertThat(sent).containsExactly("2 ssubscribe {b}1 ", "3 ssubscribe {a}1 {a}2 ");
    assertThat(writes).isEqualTo(1);

    assertThat(bySlot.refused(ErrorReply.of("MOVED 1 localhost:7000"))).isNull();
    var first = requireNonNull(bySlot.refused(ErrorReply.of(FORBIDDEN)));
    assertThat(first.channels()).extracting(Channel::name).containsExactly("{b}1");
  }

  @Test
  void anErrorIsForTheChannelsThatAreNotAnsweredYet() {
    var first = want("a");
    var second = want("b");
    queue.flush();
    answer(true, first);

    var refused = requireNonNull(queue.refused(ErrorReply.of(FORBIDDEN)));
    assertThat(refused.isAwaitedBy(first)).isFalse();
    assertThat(refused.isAwaitedBy(second)).isTrue();
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void anIsolatedChannelGoesInACommandOfItsOwn() {
    want("a");
    want("b").isolate();
    want("c");
    queue.flush();

    assertThat(sent).hasSize(3);
  }

  @Test
  void anAnswerThatNobodyAskedForIsNotTakenForOneToACommand() {
    want("a");
    queue.flush();

    assertThat(queue.answered(false, "a")).isNull();
    assertThat(queue.answered(true, "b")).isNull();
    assertThat(queue.isIdle()).isFalse();
  }

  @Test
  void anEchoIsAnsweredBehindWhatWasSentBeforeAndChangesNothing() {
    var channel = want("a");
    queue.flush();
    var echo = queue.echo(channel);

    answer(true, channel);
    assertThat(echo.isComplete()).isFalse();
    answer(true, channel);
    assertThat(echo.succeeded()).isTrue();
    assertThat(channel.isSubscribedOn(queue)).isTrue();
  }

  @Test
  void whatIsNotWantedWhenTheConnectionBreaksIsForgotten() {
    var wanted = want("wanted");
    var leaving = want("leaving");
    queue.flush();
    answer(true, wanted);
    answer(true, leaving);
    leave(leaving);
    queue.flush();
    leave(want("queued"));
    var echo = queue.echo(wanted);

    queue.end();

    assertThat(channels.all()).containsExactly(wanted);
    assertThat(echo.failed()).isTrue();
  }

  @Test
  void whatIsSubscribedOnOneConnectionIsNotSubscribedOnTheNext() {
    var channel = want("a");
    queue.flush();
    answer(true, channel);
    queue.end();

    var next = queue(channels, PubSub.of(new RedisServerOptions()));
    next.change(channel);
    assertThat(channel.isSubscribedOn(next)).isFalse();
    next.flush();
    assertThat(sent).hasSize(2);
  }
}
