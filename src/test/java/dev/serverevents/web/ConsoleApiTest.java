package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the rights of a key have the console tell and do. */
@OnBothBackends
class ConsoleApiTest {

  private static final String OVERVIEW = "/console/api/overview";
  private static final String EVENT = "/console/api/events/orders.new/1";
  private static final String CANCEL = EVENT + "/cancel";

  private static JsonObject key(String name, String... rights) {
    var key =
        new JsonObject()
            .put("name", name)
            .put("sha256", Sha256.hex(name.getBytes(StandardCharsets.UTF_8)));
    for (var right : rights) {
      key.put(right, true);
    }
    return key;
  }

  private static String[] as(String name) {
    return new String[] {"Authorization", "Bearer " + name};
  }

  private static Http http(Server server) {
    var keys =
        new JsonArray()
            .add(key("none").put("wait", new JsonArray().add("*")))
            .add(key("looks", "console"))
            .add(key("reads", "console", "payloads"))
            .add(key("ends", "console", "cancel"));
    return new Http(server, new RoutesOptions(new JsonObject().put("keys", keys)));
  }

  @Test
  void withoutTheRightNothingIsTold(Server server) {
    server.deploy();
    var http = http(server);
    for (var path : new String[] {OVERVIEW, EVENT}) {
      assertThat(http.get(path).status()).isEqualTo(401);
      assertThat(http.get(path, as("none")).status()).isEqualTo(403);
      assertThat(http.get(path, as("looks")).status()).isEqualTo(200);
    }
  }

  @Test
  void onlyWhoMayCancelsTheWaitsOfOthers(Server server) {
    server.deploy();
    var http = http(server);
    var wait = server.events().listen("orders.new", 1);
    result(wait.subscribed());
    assertThat(http.ask(HttpMethod.POST, CANCEL, as("looks")).status()).isEqualTo(403);
    assertThat(wait.future().isComplete()).isFalse();
    http.ask(HttpMethod.POST, CANCEL, as("ends")).is(200, "{\"cancelled\":1}");
  }

  @Test
  void argumentsAreForWhoMayReadThemWhereTheyAreKept(Server server, Server other) {
    server.deploy(server.options().setExplainPayloads(true));
    other.deploy();
    for (var each : new Server[] {server, other}) {
      var wait = each.events().listen("orders.new", 1);
      result(wait.subscribed());
      result(each.events().emit("orders.new", 1, "secret"));
      result(wait.future());
    }
    var http = http(server);
    assertThat(http.get(EVENT, as("looks")).body()).doesNotContain("secret");
    assertThat(http.get(EVENT, as("reads")).body()).containsOnlyOnce("secret");
  }
}
