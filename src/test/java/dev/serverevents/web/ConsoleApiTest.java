package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.Sha256;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the rights of a key have the console tell and do. */
@OnBothBackends
class ConsoleApiTest {

  private static final String OVERVIEW = "/console/api/overview";
  private static final String EVENT = "/console/api/events/orders.new/1";
  private static final String CANCEL = EVENT + "/cancel";

  private static String secret(String name) {
    return "key of " + name;
  }

  private static String hash(String name) {
    return Sha256.hex(secret(name).getBytes(StandardCharsets.UTF_8));
  }

  private static JsonObject key(String name, String... rights) {
    var key = new JsonObject().put("name", name).put("sha256", hash(name));
    for (var right : rights) {
      key.put(right, true);
    }
    return key;
  }

  private static String[] as(String name) {
    return new String[] {"Authorization", "Bearer " + secret(name)};
  }

  private static RoutesOptions options() {
    var keys =
        new JsonArray()
            .add(key("none").put("wait", new JsonArray().add("*")))
            .add(key("looks", "console"))
            .add(key("reads", "console", "payloads"))
            .add(key("ends", "console", "cancel"));
    return new RoutesOptions(new JsonObject().put("keys", keys));
  }

  private static Http http(Server server) {
    return new Http(server, options());
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

  /** Has a client wait for some events. */
  private static Future<Http.Reply> begin(Http http, String ids) {
    var path = "/events/orders.new?timeout=60000&all=" + ids;
    return http.send(HttpMethod.GET, path, "", as("none"));
  }

  private static void awaitWaits(Server server, long count) {
    Await.until(() -> Usages.of(server.vertx()).total(Kind.WAITS) == count);
  }

  /** The quotas that an overview tells. */
  private static List<String> quotas(Http.Reply overview) {
    return overview.json().getJsonArray("limits").stream()
        .map(JsonObject.class::cast)
        .filter(limit -> limit.getString("setting").startsWith("http."))
        .map(JsonObject::encode)
        .toList();
  }

  @Test
  void whichClientIsNearAQuotaIsToldByItsNameWhicheverServerIsAsked(Server server, Server other) {
    server.deploy();
    other.deploy();
    var few = options();
    few.getPerClient().setWaits(5);
    few.getTotal().setWaits(6);
    var http = new Http(server, few);
    var elsewhere = new Http(other, few);
    var waits = new ArrayList<Future<Http.Reply>>();
    waits.add(begin(http, "1,2,3"));
    awaitWaits(server, 3);
    assertThat(quotas(elsewhere.get(OVERVIEW, as("looks")))).isEmpty();
    waits.add(begin(http, "4"));
    awaitWaits(server, 4);
    var overview = elsewhere.get(OVERVIEW, as("looks"));
    assertThat(quotas(overview))
        .containsExactly(
            "{\"setting\":\"http.perClient.waits\",\"used\":4,\"limit\":5,\"client\":\"none\"}");
    assertThat(overview.body()).doesNotContain(secret("none"), hash("none"));
    waits.add(begin(elsewhere, "1,2,3,4,5"));
    awaitWaits(other, 5);
    assertThat(quotas(http.get(OVERVIEW, as("looks"))))
        .containsExactly(
            "{\"setting\":\"http.perClient.waits\",\"used\":5,\"limit\":5,\"client\":\"none\"}",
            "{\"setting\":\"http.total.waits\",\"used\":5,\"limit\":6}");
    for (var id = 1; id <= 5; id++) {
      result(server.events().emit("orders.new", id));
    }
    waits.forEach(wait -> assertThat(result(wait).status()).isEqualTo(200));
    assertThat(quotas(http.get(OVERVIEW, as("looks")))).isEmpty();
  }
}
