package dev.serverevents.faults;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Anybody can publish anything. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class HostilePayloadsIT {

  private static final int BAD = 100_000;
  private static final int ROUND = 1_000;
  private static final long HEAP_GROWTH = 64L << 20;

  private final Random random = new Random(2026);

  /** A payload that is no event of the channel "hostile:n". */
  private Buffer bad(int i) {
    return switch (i % 100 == 99 ? 5 : i % 5) {
      case 0 -> Buffer.buffer(randomBytes(random.nextInt(200)));
      case 1 -> {
        var event = "[\"hostile\",%d,{\"x\":[1,2,\"three\"]}]".formatted(i);
        yield Buffer.buffer(event.substring(0, random.nextInt(event.length())));
      }
      case 2 -> Buffer.buffer("[\"hostile\",1," + "[".repeat(5_000));
      case 3 -> {
        var latin1 = "[\"hostile\",1,\"é\"]".getBytes(StandardCharsets.ISO_8859_1);
        yield Buffer.buffer(latin1);
      }
      case 4 -> Buffer.buffer("[\"hostile\",1," + "7".repeat(2_000) + "]");
      default -> Buffer.buffer("[\"hostile\",1,\"" + "x".repeat(1 << 20) + "\"]");
    };
  }

  private byte[] randomBytes(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static Request publish(int channel, Buffer payload) {
    return Request.cmd(Command.PUBLISH).arg("hostile:" + channel).arg(payload);
  }

  @Test
  @OwnRedis({"--client-output-buffer-limit", "pubsub 0 0 0"})
  void everyGoodPayloadResolvesAndEveryBadOneIsDroppedAndCounted(Server server) {
    var verticle = server.deploy();
    var events = server.events();
    var before = Figures.usedHeap();
    var peak = before;
    for (var round = 0; round < BAD / ROUND; round++) {
      var wait = events.listen("hostile", round, 60_000);
      result(wait.subscribed());
      var commands = new ArrayList<Request>();
      for (var i = 0; i < ROUND; i++) {
        commands.add(publish(round, bad(i)));
      }
      commands.add(publish(round, Buffer.buffer("[\"hostile\"," + round + ",\"good\"]")));
      server.redis().transaction(commands);
      assertThat(result(wait.future()).list()).isEqualTo(Arrays.asList("good"));
      if (round % 20 == 0) {
        peak = Math.max(peak, Figures.usedHeap());
      }
    }
    Await.until(() -> verticle.droppedPayloads() == BAD);
    var after = Figures.usedHeap();
    Figures.print(
        "%d of %d bad payloads dropped and counted, %d good ones resolved; heap %d, at most %d, after %d MiB"
            .formatted(
                verticle.droppedPayloads(),
                BAD,
                BAD / ROUND,
                before >> 20,
                peak >> 20,
                after >> 20));
    assertThat(Math.max(peak, after)).isLessThan(before + HEAP_GROWTH);
  }
}
