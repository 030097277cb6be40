package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs of the pages about the clients do what the pages say. */
@ExtendWith(ServerExtension.class)
class ClientPagesIT {

  private static Process worker(Client client, String url, String code) throws IOException {
    var worker = client.program(url, code);
    assertThat(worker.inputReader().readLine()).isEqualTo("The worker waits for jobs");
    return worker;
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_REDIS", "PYTHON"})
  void itsProgramsPrintWhatItSays(Client client, Server server) throws IOException {
    var url = server.redis().url();
    var page = ReadmeOfClient.of(client.install());
    var worker = worker(client, url, page.worker());
    try {
      var asker = client.program(url, page.asker());
      var printed = new String(asker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(printed).isEqualTo(page.output());
      assertThat(asker.onExit().join().exitValue()).isZero();
    } finally {
      worker.destroy();
      assertThat(worker.onExit().join().exitValue()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_REDIS", "PYTHON"})
  void itsWorkerEndsTheJobInHandWhenItIsToldToStop(Client client, Server server)
      throws IOException {
    server.deploy();
    var redis = server.redis();
    var page = ReadmeOfClient.of(client.install());
    var slow =
        page.worker()
            .replace(
                "await job.progress([50, '%']);",
                "await job.progress([50, '%']); await new Promise((go) => setTimeout(go, 1500));")
            .replace(
                "await job.progress([50, \"%\"])",
                "await job.progress([50, \"%\"]); await asyncio.sleep(1.5)");
    assertThat(slow).isNotEqualTo(page.worker());
    var wait = server.events().on("orders.priced", "7", 30_000);
    var worker = worker(client, redis.url(), slow);
    var order = new JsonObject().put("item", "tea").put("quantity", 2);
    var job = new JsonObject().put("name", "orders.priced").put("id", "7").put("data", order);
    var inHand = new CopyOnWriteArrayList<String>();
    var progress = server.broker().subscribe(List.of("$progress:orders.priced:7"), inHand::add);
    redis.command("RPUSH", "$jobs:{orders.priced}", job.encode());
    Await.until(() -> !inHand.isEmpty());
    progress.close();
    worker.destroy();
    assertThat(worker.onExit().join().exitValue()).isZero();
    assertThat(((JsonObject) Await.result(wait).get(0)).getInteger("price")).isEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE_REDIS", "PYTHON"})
  void itHasTheFunctionOfTheServer(Client client) throws IOException {
    var copy = client.page().resolveSibling(client.isNode() ? "." : "server_events");
    assertThat(copy.resolve("emit-once.lua"))
        .hasSameTextualContentAs(
            Path.of("src/main/resources/dev/serverevents/redis/emit-once.lua"));
  }
}
