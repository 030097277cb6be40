package dev.serverevents.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Deployments.Deployment;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.testkit.InMemoryServerEvents;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedTest {

  private static final class Guest implements Served.Guest {
    @Override
    public void served() {}

    @Override
    public void noWorker() {}

    @Override
    public void notTold(Throwable cause) {}
  }

  /** A refusal that crosses the next question is not the answer to it. */
  @Test
  void whatWasWatchedAgainBeforeARefusalCameIsLeftAsWell() {
    try (var kit = InMemoryServerEvents.create()) {
      var context = (ContextInternal) kit.vertx().getOrCreateContext();
      var commands = new ArrayList<Command>();
      var left = Promise.<Boolean>promise();
      context.runOnContext(
          turn -> {
            var served = new Served(Home.on(context), recording(kit, context, commands), "job");
            var first = new Guest();
            var second = new Guest();
            served.add(first);
            served.add(second);
            served.refused(new IllegalStateException("refused"));
            served.remove(first);
            served.remove(second);
            left.complete(served.leaveIfUnused(0));
          });
      kit.settle();

      assertThat(left.future().result()).isTrue();
      assertThat(commands).last().isInstanceOf(Command.Unwatch.class);
    }
  }

  private static Deployment recording(
      InMemoryServerEvents kit, ContextInternal context, List<Command> commands) {
    var real = new Deployments(kit.vertx()).all().get(0);
    var mailbox =
        new Mailbox<Command>(
            context,
            command -> {
              commands.add(command);
              return null;
            });
    return new Deployment(
        mailbox,
        real.jobs(),
        real.pending(),
        real.options(),
        true,
        true,
        null,
        real.heartbeats(),
        real.shards(),
        false);
  }
}
