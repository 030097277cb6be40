package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.web.RoutesOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@OnBothBackends
class BadInputTest {

  private static void assertInvalid(Future<?> future, String message) {
    assertThat(failure(future)).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }

  @Test
  void badNamesIdsAndTimeoutsFailAndTheNextGoodCallWorks(Server server) {
    server.deploy();
    var events = server.events();
    assertInvalid(events.on("", 1), "name is \"\": it must not be empty");
    assertInvalid(events.on("a", ""), "id is \"\": it must not be empty");
    assertInvalid(
        events.on("$a", 1), "name is \"$a\": it must not begin with \"$\", which is reserved");
    assertInvalid(
        events.emit("$a", 1), "name is \"$a\": it must not begin with \"$\", which is reserved");
    assertThat(failure(events.emit("a".repeat(513), 1)))
        .hasMessageStartingWith("name is \"aaaa")
        .hasMessageEndingWith("(515 characters): it must have at most 512 bytes of UTF-8");
    var range = ": it must be an integer from 1 to 86400000";
    assertInvalid(events.on("a", 1, 0), "timeout is 0" + range);
    assertInvalid(events.on("a", 1, -1), "timeout is -1" + range);
    assertInvalid(events.on("a", 1, Duration.ofHours(25)), "timeout is 90000000" + range);
    assertInvalid(
        events.request("a", 1, 0, () -> Future.succeededFuture()), "timeout is 0" + range);
    assertThatThrownBy(() -> events.timeout(0)).hasMessage("timeout is 0" + range);
    assertThat(failure(events.emit("a", 1, new Object())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("args is");
    assertThat(result(events.emit("a", 1))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'timeout': 0} -> timeout is 0",
        "{'timeout': 'abc'} -> timeout is \"abc\"",
        "{'redis': 1} -> redis is 1",
        "{'heartbeat': 99} -> heartbeat is 99",
        "{'emitTimeout': 0} -> emitTimeout is 0",
        "{'drainTimeout': -1} -> drainTimeout is -1",
        "{'limits': {'pendingWaits': 0}} -> limits.pendingWaits is 0",
        "{'limits': {'name': 513}} -> limits.name is 513",
        "{'redis': {'host': ''}} -> redis.host is \"\"",
        "{'redis': {'port': 0}} -> redis.port is 0",
        "{'redis': {'port': 65536}} -> redis.port is 65536",
        "{'redis': {'db': -1}} -> redis.db is -1",
        "{'redis': {'db': 1073741824}} -> redis.db is 1073741824",
        "{'redis': {'connectionString': 'http://u:secret@x'}} -> redis.connectionString is \"http://...\"",
        "{'redis': {'connectionString': 'redis:// :secret'}} -> redis.connectionString's host is \" \"",
        "{'redis': {'connectionString': 'redis://x/secret'}} -> redis.connectionString's database is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://:pa/secret@h'}} -> redis.connectionString is \"redis://...\"",
        "{'redis': {'connectionString': 'redis://:pa?secret@h'}} -> redis.connectionString is \"redis://...\"",
        "{'redis': {'connectionString': 'redis://:pa#secret@h'}} -> redis.connectionString is \"redis://...\"",
        "{'redis': {'connectionString': 'redis://:pa%secret@h'}} -> redis.connectionString is \"redis://...\"",
        "{'redis': {'connectionString': 'redis://:pa^secret@h'}} -> redis.connectionString is \"redis://...\"",
        "{'redis': {'connectionString': 'redis://user:secret'}} -> redis.connectionString's port is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://x:65536'}} -> redis.connectionString's port is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://x:0/1'}} -> redis.connectionString's port is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://x:-1'}} -> redis.connectionString's port is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://[::1]:99999999999'}} -> redis.connectionString's port is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://x/1073741824'}} -> redis.connectionString's database is \"(not shown)\"",
        "{'redis': {'connectionString': 'redis://:secret@my redis:1'}} -> redis.connectionString's host is \"my redis\"",
        "{'redis': {'connectionString': 'rediss://:secret@my_redis'}} -> redis.verifyHost is true",
        "{'redis': {'connectionString': 'secret'}} -> redis.connectionString is \"(not shown)\"",
        "{'redis': {'connectionString': ['secret']}} -> redis.connectionString is \"(not shown)\"",
        "{'redis': {'host': 'my redis'}} -> redis.host is \"my redis\"",
        "{'redis': {'endpoints': 'redis://:secret@h'}} -> redis.endpoints is \"(not shown)\"",
        "{'redis': {'endpoints': [{'secret': 1}]}} -> redis.endpoints is \"(not shown)\"",
        "{'redis': {'password': 12345678}} -> redis.password is \"(not shown)\"",
        "{'redis': 'redis://:secret@h'} -> redis is \"(not shown)\"",
        "{'redis': {'url': 'secret'}} -> redis.url is \"(not shown)\"",
        "{'limits': {'names': 1}} -> limits.names is \"(not shown)\"",
        "{'http': {}} -> http is \"(not shown)\"",
        "{'timeuot': 'secret'} -> timeuot is \"(not shown)\"",
        "{'redis': {'type': 'clusters'}} -> redis.type is \"clusters\"",
        "{'redis': {'type': 'cluster'}} -> redis.endpoints is null",
        "{'redis': {'type': 'cluster', 'endpoints': ['redis://a/1']}} -> redis.db is \"there\"",
        "{'redis': {'type': 'cluster', 'endpoints': ['redis://a'], 'db': 2}} -> redis.db is \"there\"",
        "{'redis': {'type': 'cluster', 'endpoints': ['redis://a'], 'pubsub': 'x'}} -> redis.pubsub is \"x\"",
        "{'redis': {'type': 'cluster', 'endpoints': ['redis://a'], 'masterName': 'm'}} -> redis.masterName is \"m\"",
        "{'redis': {'pubsub': 'sharded'}} -> redis.pubsub is \"sharded\"",
        "{'redis': {'type': 'sentinel'}} -> redis.endpoints is null",
        "{'redis': {'type': 'sentinel', 'masterName': 'm', 'endpoints': []}} -> redis.endpoints is null",
        "{'redis': {'type': 'sentinel', 'endpoints': ['redis://s']}} -> redis.masterName is null",
        "{'redis': {'endpoints': ['redis://a', 'redis://b']}} -> redis.endpoints is \"2 URLs\"",
        "{'redis': {'endpoints': ['redis://a:secret@b:x']}} -> redis.endpoints's port is \"(not shown)\"",
        "{'redis': {'endpoints': ['redis://a'], 'host': 'secret'}} -> redis.host is \"(not shown)\"",
        "{'redis': {'masterName': 'm'}} -> redis.masterName is \"m\"",
        "{'redis': {'password': 'secret', 'passwordFile': 'f'}} -> redis.passwordFile is \"f\"",
        "{'redis': {'caFile': 'f'}} -> redis.caFile, keyFile or verifyHost is \"there\"",
        "{'redis': {'endpoints': ['rediss://a'], 'keyFile': 'f'}} -> redis.certificateFile is null",
        "{'redis': {'type': 'sentinel', 'masterName': 'm', 'endpoints': ['redis://a', 'rediss://b']}} -> redis.endpoints is \"redis:// and rediss://\"",
      })
  void aWrongSettingIsNamedWithItsValueAndLimit(String example) {
    var parts = example.split(" -> ", 2);
    assertThatThrownBy(() -> new ServerEventsOptions(new JsonObject(parts[0].replace('\'', '"'))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(parts[1] + ": it must ")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "timeuot, timeout",
    "TIMEOUT, timeout",
    "redis.url, redis.connectionString",
    "redis.timeout, timeout",
    "limits.pendingWait, limits.pendingWaits",
    "connectionString, redis.connectionString",
    "limit, limits"
  })
  void aSettingThatIsNoneIsNamedWithTheNearestOne(String wrong, String nearest) {
    var dot = wrong.indexOf('.');
    var json = new JsonObject().put(wrong.substring(dot + 1), 1);
    var all = dot < 0 ? json : new JsonObject().put(wrong.substring(0, dot), json);
    assertThatThrownBy(() -> new ServerEventsOptions(all))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            wrong
                + " is \"(not shown)\": it must be one of the settings; the nearest one is "
                + nearest);
  }

  @Test
  void eachPartOfTheSettingsRefusesWhatIsNone() {
    var json = new JsonObject().put("nmae", 1);
    assertThatThrownBy(() -> new LimitsOptions(json)).hasMessageEndingWith(" limits.name");
    assertThatThrownBy(() -> new RedisServerOptions(json))
        .hasMessageStartingWith("redis.nmae is \"(not shown)\": it must be one of the settings");
    assertThatThrownBy(() -> new RoutesOptions(json))
        .hasMessageStartingWith("http.nmae is \"(not shown)\": it must be one of the settings");
  }

  @Test
  void aVerticleIsNotChangedByWhoChangesTheOptionsThatItWasGiven(Server server) {
    var limits = new LimitsOptions().setName(3);
    var options = server.options().setLimits(limits).setTimeout(1_234);
    var copy = new ServerEventsOptions(options);
    var verticle = server.verticle(options);
    options.setTimeout(1).setConnectionString("redis://127.0.0.1:1");
    limits.setName(512);
    assertThat(copy.getLimits().getName()).isEqualTo(3);
    assertThat(copy.getTimeout()).isEqualTo(1_234);
    result(server.vertx().deployVerticle(verticle));
    assertThat(server.events().timeout()).isEqualTo(1_234);
    assertThat(failure(server.events().emit("long", 1))).hasMessageContaining("at most 3 bytes");
  }

  @Test
  void optionsThatAreNullAreBadInput(Server server) {
    var events = server.events();
    for (var refused :
        List.of(
            events.on("a", 1, (WaitOptions) null),
            events.request("a", 1, (WaitOptions) null, () -> Future.succeededFuture()),
            events.emit((EmitOptions) null, "a", 1))) {
      assertThat(failure(refused))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("options is null: it must not be null");
    }
  }

  @Test
  void settingsAreJsonBothWays() {
    var limits =
        new JsonObject(
            "{\"pendingWaits\":1,\"emitQueue\":2,\"emitQueueBytes\":1026,\"payloadIn\":1025,\"payloadOut\":1024,"
                + "\"name\":5,\"id\":6,\"timeout\":7,\"unread\":65536}");
    var json =
        new JsonObject(
                "{\"timeout\":5,\"heartbeat\":100,\"emitTimeout\":1,\"drainTimeout\":0,"
                    + "\"probeTimeout\":7,\"listen\":false,"
                    + "\"redis\":{\"host\":\"h\",\"port\":1,\"db\":2,"
                    + "\"connectionString\":\"rediss://u:p@x:1/2\"}}")
            .put("limits", limits)
            .put("explain", new JsonObject().put("steps", 1).put("payloads", true));
    assertThat(new ServerEventsOptions(json).toJson()).isEqualTo(json);
    assertThat(new ServerEventsOptions(new JsonObject()).toJson())
        .isEqualTo(new ServerEventsOptions().toJson());
    var ipv6 = new RedisServerOptions(new JsonObject().put("host", "::1"));
    assertThat(ipv6.getEndpoints()).containsExactly("redis://[::1]:6379");
  }

  @Test
  void theLastDatabaseMayBeNamedInTheUrlAndBesideIt() {
    var last = new JsonObject().put("db", 1_073_741_823);
    assertThat(new RedisServerOptions(last).getEndpoints())
        .containsExactly("redis://localhost:6379/1073741823");
    var url = "redis://localhost:6379/1073741823";
    assertThat(RedisServerOptions.of(url).getEndpoints()).containsExactly(url);
  }
}
