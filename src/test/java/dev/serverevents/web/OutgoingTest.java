package dev.serverevents.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.local.Unread;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@OnBothBackends
class OutgoingTest {

  @Test
  void aClientThatHasReadGetsMoreAndOneThatIsGoneDoesNot(Server server) {
    var isFull = new AtomicBoolean();
    var drained = new AtomicInteger();
    var outgoing = new Outgoing(server.vertx(), isFull::get, drained::incrementAndGet);
    var read = Promise.<Void>promise();
    var lost = Promise.<Void>promise();

    outgoing.add(10, read.future());
    assertThat(outgoing.isEmpty()).isFalse();
    isFull.set(true);
    assertThat(outgoing.isFull()).isTrue();
    isFull.set(false);
    read.complete();
    assertThat(drained).hasValue(1);
    assertThat(outgoing.isEmpty()).isTrue();

    outgoing.add(10, lost.future());
    isFull.set(true);
    assertThat(outgoing.isFull()).isTrue();
    isFull.set(false); // as a connection that is closed is
    lost.fail("reset by peer");
    assertThat(drained).hasValue(1);
    assertThat(Unread.of(server.vertx()).bytes()).isZero();
  }
}
