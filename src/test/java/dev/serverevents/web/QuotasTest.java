package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.SystemOverview.LimitState;
import dev.serverevents.internal.Sha256;
import dev.serverevents.internal.journal.LimitReport;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import dev.serverevents.web.Http.Reply;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.auth.User;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Clients may have so much, each and all together, and others notice nothing of it. */
@OnBothBackends
class QuotasTest {

  private static final String WAIT = "/events/a/1?timeout=3000";
  private static final String STREAM = "/events/a/1/stream?follow=true&timeout=60000";
  private static final String PER_CLIENT = "http.perClient.";
  private static final String TOTAL = "http.total.";

  private static JsonObject key(String name) {
    return new JsonObject()
        .put("name", name)
        .put("sha256", Sha256.hex(name.getBytes(StandardCharsets.UTF_8)))
        .put("wait", new JsonArray().add("*"))
        .put("emit", new JsonArray().add("*"))
        .put("console", true)
        .put("cancel", true);
  }

  /** For two clients, each with its name as its key. */
  private static RoutesOptions options() {
    return new RoutesOptions(
        new JsonObject().put("keys", new JsonArray().add(key("greedy")).add(key("honest"))));
  }

  private static Future<Reply> send(Http http, String client, String path) {
    return http.send(HttpMethod.GET, path, "", "X-API-Key", client);
  }

  private static Reply post(Http http, String client, String path, String body, String... more) {
    var headers = new ArrayList<>(List.of("X-API-Key", client));
    headers.addAll(List.of(more));
    return http.post(path, body, headers.toArray(String[]::new));
  }

  private static void assertRefused(Reply reply, int status, String setting) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.detail()).contains("(" + setting + ")");
    assertThat(Integer.parseInt(reply.header("Retry-After"))).isPositive();
  }

  private static void awaitTotal(Server server, Kind kind, long count) {
    Await.until(() -> Usages.of(server.vertx()).total(kind) == count);
  }

  @Test
  void whatThrowsHasNothing(Server server) {
    server.deploy();
    var client = new Quotas(server.vertx(), new RoutesOptions()).client(null, null);
    for (var thrown :
        List.of(new IllegalStateException(), new InvalidInputException("a", 1, "no"))) {
      assertThatThrownBy(
              () ->
                  client.begin(
                      Kind.WAITS,
                      permit -> {
                        throw thrown;
                      }))
          .isSameAs(thrown);
      awaitTotal(server, Kind.WAITS, 0);
    }
  }

  @Test
  void waitsOfOneClientAreLimitedUntilTheyEnd(Server server) {
    server.deploy();
    var options = options();
    options.getPerClient().setWaits(3);
    var http = new Http(server, options);
    var pending = List.of(send(http, "greedy", WAIT), send(http, "greedy", "/events/b?any=1,2"));
    awaitTotal(server, Kind.WAITS, 3);
    assertRefused(result(send(http, "greedy", WAIT)), 429, PER_CLIENT + "waits");
    var honest = send(http, "honest", WAIT);
    awaitTotal(server, Kind.WAITS, 4);
    post(http, "honest", "/events/a/1", "[1]");
    result(honest).is(200, "[1]");
    post(http, "honest", "/events/b/2", "[2]");
    assertThat(result(pending.get(0)).status()).isEqualTo(200);
    assertThat(result(pending.get(1)).status()).isEqualTo(200);
    awaitTotal(server, Kind.WAITS, 0);
    assertThat(result(send(http, "greedy", "/events/a/1?timeout=1")).status()).isNotEqualTo(429);
    var leaving =
        result(http.request(HttpMethod.GET, WAIT).map(r -> r.putHeader("X-API-Key", "greedy")));
    leaving.end();
    awaitTotal(server, Kind.WAITS, 1);
    result(leaving.connection().close());
    awaitTotal(server, Kind.WAITS, 0);
  }

  @Test
  void waitsAndStreamsOfAllTogetherAreLimited(Server server) {
    server.deploy();
    var options = options();
    options.getTotal().setWaits(1).setStreams(1);
    var http = new Http(server, options);
    var pending = send(http, "greedy", WAIT);
    var stream = Sse.open(http, STREAM, "X-API-Key", "greedy");
    awaitTotal(server, Kind.WAITS, 1);
    assertRefused(result(send(http, "honest", WAIT)), 503, TOTAL + "waits");
    assertRefused(result(send(http, "honest", STREAM)), 503, TOTAL + "streams");
    post(http, "honest", "/events/a/1", "[1]");
    result(pending).is(200, "[1]");
    stream.leave();
    awaitTotal(server, Kind.STREAMS, 0);
  }

  @Test
  void streamsAreLimitedAndFreedHoweverTheyEnd(Server server) {
    server.deploy();
    var options = options();
    options.getPerClient().setStreams(1);
    var http = new Http(server, options);
    var first = Sse.open(http, STREAM, "X-API-Key", "greedy");
    assertRefused(result(send(http, "greedy", STREAM)), 429, PER_CLIENT + "streams");
    first.leave();
    awaitTotal(server, Kind.STREAMS, 0);
    var ends = Sse.open(http, "/events/a/1/stream", "X-API-Key", "greedy");
    post(http, "honest", "/events/a/1", "[1]");
    ends.awaitEnd();
    awaitTotal(server, Kind.STREAMS, 0);
    for (var wrong : new String[] {"?timeout=0", "?retained=maybe", "?follow=maybe"}) {
      var reply = result(send(http, "greedy", "/events/a/1/stream" + wrong));
      assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    }
    assertThat(result(send(http, "greedy", "/events/$a/1/stream")).status()).isEqualTo(400);
    awaitTotal(server, Kind.STREAMS, 0);
  }

  private static final String OVERVIEW = "/console/api/overview";

  @Test
  void questionsToAllServersAreLimitedWhoeverAsksAndWhatever(Server server) {
    server.deploy();
    var options = options();
    options.getPerClient().setQuestions(1);
    options.getTotal().setQuestions(2);
    var http = new Http(server, options);
    var quotas = new Quotas(server.vertx(), options);
    var event = "/console/api/events/a/1";
    var asking = quotas.client(User.fromName("greedy"), null).enter(Kind.QUESTIONS, 1);
    for (var path : List.of(OVERVIEW, event, "/events/a/1/explain")) {
      assertRefused(result(send(http, "greedy", path)), 429, PER_CLIENT + "questions");
      assertThat(result(send(http, "honest", path)).status()).as(path).isEqualTo(200);
    }
    var cancel = event + "/cancel";
    assertRefused(post(http, "greedy", cancel, ""), 429, PER_CLIENT + "questions");
    post(http, "honest", cancel, "").is(200, "{\"cancelled\":0}");
    assertThat(result(send(http, "greedy", "/events/a/1?timeout=1")).status()).isNotEqualTo(429);
    var more = quotas.client(User.fromName("other"), null).enter(Kind.QUESTIONS, 1);
    assertRefused(result(send(http, "honest", OVERVIEW)), 503, TOTAL + "questions");
    List.of(asking, more).forEach(Permit::close);
    assertThat(result(send(http, "greedy", OVERVIEW)).status()).isEqualTo(200);
    awaitTotal(server, Kind.QUESTIONS, 0);
  }

  @Test
  void aQuestionCountsUntilItIsAnswered(Server server) {
    server.deploy();
    var verticle = server.vertx().deploymentIDs().iterator().next();
    var options = options();
    options.getPerClient().setQuestions(1);
    var http = new Http(server, options);
    try (var silent = server.broker().subscribe(List.of("$servers"), asked -> {})) {
      assertThat(silent).isNotNull();
      Await.until(
          () -> {
            var both = List.of(send(http, "greedy", OVERVIEW), send(http, "greedy", OVERVIEW));
            return both.stream().anyMatch(each -> result(each).status() == 429);
          });
    }
    result(server.vertx().undeploy(verticle));
    assertThat(result(send(http, "honest", OVERVIEW)).status()).isEqualTo(503);
    awaitTotal(server, Kind.QUESTIONS, 0);
  }

  private static List<JsonObject> messages(WebSocket socket) {
    var messages = new CopyOnWriteArrayList<JsonObject>();
    socket.textMessageHandler(text -> messages.add(new JsonObject(text)));
    return messages;
  }

  private static JsonObject ask(WebSocket socket, List<JsonObject> messages, String message) {
    var before = messages.size();
    result(socket.writeTextMessage(message));
    Await.until(() -> messages.size() > before);
    return messages.get(before);
  }

  @Test
  void socketsTheirSubscriptionsAndEmitsAreLimited(Server server) {
    server.deploy();
    var options = options();
    options.getPerClient().setStreams(3).setEmits(1);
    var http = new Http(server, options);
    var socket = result(http.connect("/socket", "X-API-Key", "greedy"));
    var messages = messages(socket);
    var subscribe = "{\"type\":\"subscribe\",\"name\":\"a\",\"id\":%d,\"timeout\":60000}";
    assertThat(ask(socket, messages, subscribe.formatted(1)).getString("type"))
        .isEqualTo("subscribed");
    assertThat(ask(socket, messages, subscribe.formatted(2)).getString("type"))
        .isEqualTo("subscribed");
    var refused = ask(socket, messages, subscribe.formatted(3));
    assertThat(refused.getInteger("status")).isEqualTo(429);
    assertThat(refused.getString("detail")).contains(PER_CLIENT + "streams");
    assertThat(Await.failureText(http.connect("/socket", "X-API-Key", "greedy"))).contains("429");
    ask(socket, messages, "{\"type\":\"unsubscribe\",\"name\":\"a\",\"id\":1}");
    awaitTotal(server, Kind.STREAMS, 2);
    ask(socket, messages, subscribe.formatted(3).replace("60000", "0")); // bad input
    awaitTotal(server, Kind.STREAMS, 2);
    var emit = "{\"type\":\"emit\",\"name\":\"b\",\"id\":1}";
    Await.until(
        () -> Integer.valueOf(429).equals(ask(socket, messages, emit).getInteger("status")));
    result(socket.close());
    awaitTotal(server, Kind.STREAMS, 0);
  }

  @Test
  void emitsASecondAreLimited(Server server) {
    server.deploy();
    var options = options();
    options.getPerClient().setEmits(2);
    options.getTotal().setEmits(1_000);
    var http = new Http(server, options);
    var path = "/events/a/1";
    Await.until(() -> post(http, "greedy", path, "[]").status() == 429);
    assertRefused(post(http, "greedy", path, "[]"), 429, PER_CLIENT + "emits");
    assertThat(post(http, "honest", path, "[]").status()).isEqualTo(202);
    Await.until(() -> post(http, "greedy", path, "[]").status() == 202);
  }

  @Test
  void whatRedisKeepsForAClientIsLimitedAndItsTimeToo(Server server) {
    server.deploy();
    var options = options().setMaxRetain(10_000);
    options.getPerClient().setRetained(3_000);
    var http = new Http(server, options);
    var body = "\"" + "x".repeat(1_000) + "\"";
    assertThat(post(http, "greedy", "/events/a/1?retain=10001", body).detail())
        .isEqualTo("retain is \"10001\": it must be an integer from 1 to 10000");
    assertThat(post(http, "greedy", "/events/a/1?retain=1000", body).status()).isEqualTo(202);
    assertThat(post(http, "greedy", "/events/a/2?retain=1000", body).status()).isEqualTo(202);
    assertRefused(
        post(http, "greedy", "/events/a/3?retain=1000", body), 429, PER_CLIENT + "retained");
    assertThat(post(http, "greedy", "/events/a/3", body).status()).isEqualTo(202);
    assertThat(post(http, "honest", "/events/a/3?retain=1000", body).status()).isEqualTo(202);
    Await.until(() -> post(http, "greedy", "/events/a/4?retain=1000", body).status() == 202);
  }

  @Test
  void idempotencyKeysCountAsWhatRedisKeeps(Server server) {
    server.deploy();
    var options = options();
    options.getPerClient().setRetained(1_000);
    var http = new Http(server, options);
    for (var i = 0; i < 3; i++) {
      assertThat(post(http, "greedy", "/events/a/1", "[]", "Idempotency-Key", "k" + i).status())
          .isEqualTo(202);
    }
    var refused = post(http, "greedy", "/events/a/1", "[]", "Idempotency-Key", "more");
    assertRefused(refused, 429, PER_CLIENT + "retained");
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isGreaterThan(80_000);
  }

  @Test
  void aBodyThatDoesNotComeIsRefusedAndItsConnectionClosed(Server server) {
    server.deploy();
    var http = new Http(server, options().setRequestTimeout(300));
    var half = result(http.sendHalf(HttpMethod.POST, "/events/a/1", "honest"));
    assertThat(half.status()).isEqualTo(408);
    assertThat(half.detail()).contains("300 ms (http.requestTimeout)");
    assertThat(half.header("Connection")).isEqualTo("close");
    assertThat(result(send(http, "honest", "/events/a/1?timeout=600")).status()).isEqualTo(504);
  }

  @Test
  void whatIsRefusedIsCounted(Server server) {
    var refused = new CopyOnWriteArrayList<String>();
    ServerEventsMetrics.set(
        server.vertx(),
        new ServerEventsMetrics() {
          @Override
          public void refused(String setting) {
            refused.add(setting);
          }
        });
    server.deploy();
    var options = options();
    options.getPerClient().setWaits(1);
    var http = new Http(server, options);
    result(send(http, "greedy", "/events/b?any=1,2"));
    assertThat(refused).containsExactly(PER_CLIENT + "waits");
  }

  @Test
  void withoutKeysAnAddressIsAClientAndOfIpv6ANetwork(Server server) {
    var options = new RoutesOptions();
    options.getPerClient().setWaits(1);
    var quotas = new Quotas(server.vertx(), options);
    var first = quotas.client(null, address("2001:db8:0:1::1")).enter(Kind.WAITS, 1);
    var neighbour = quotas.client(null, address("2001:db8:0:1:ffff::2"));
    assertThat(catchStatus(() -> neighbour.enter(Kind.WAITS, 1))).isEqualTo(429);
    quotas.client(null, address("2001:db8:0:2::1")).enter(Kind.WAITS, 1).close();
    quotas.client(null, address("192.0.2.1")).enter(Kind.WAITS, 1).close();
    quotas.client(null, address("192.0.2.2")).enter(Kind.WAITS, 1).close();
    first.close();
    first.close();
    neighbour.enter(Kind.WAITS, 1).close();
    awaitTotal(server, Kind.WAITS, 0);
  }

  @Test
  void clientsThatHaveNothingAreForgottenAndTheirNumberIsLimited(Server server) {
    var usages = Usages.of(server.vertx());
    var options = new RoutesOptions();
    options.getTotal().setWaits(Integer.MAX_VALUE);
    var quotas = new Quotas(server.vertx(), options);
    var permits = new ArrayList<Permit>();
    for (var i = 0; i < Usages.MAX_CLIENTS + 10_000; i++) {
      var address = address("2001:db8:%x:%x::1".formatted(i >> 16, i & 0xffff));
      permits.add(quotas.client(null, address).enter(Kind.WAITS, 1));
    }
    assertThat(usages.clients()).isLessThanOrEqualTo(Usages.MAX_CLIENTS);
    permits.forEach(Permit::close);
    assertThat(usages.total(Kind.WAITS)).isZero();
    Await.until(
        () -> {
          quotas.client(null, address("192.0.2.1")).enter(Kind.WAITS, 1).close();
          return usages.clients() < 10;
        });
  }

  private static List<LimitReport> near(Server server) {
    return result(Usages.of(server.vertx()).report()).limits();
  }

  @Test
  void eachLimitThatIsNearIsTold(Server server) {
    var options = new RoutesOptions();
    options.getPerClient().setStreams(10).setEmits(100).setRetained(1_000);
    var client = new Quotas(server.vertx(), options).client(null, address("192.0.2.1"));
    var streams = client.enter(Kind.STREAMS, 7);
    assertThat(near(server)).isEmpty();
    var stream = client.enter(Kind.STREAMS, 1);
    assertThat(near(server))
        .containsExactly(new LimitReport(PER_CLIENT + "streams", 8, 10, "192.0.2.1"));
    List.of(streams, stream).forEach(Permit::close);
    client.emit(new JsonObject().put("retain", 60_000), 600);
    assertThat(near(server))
        .containsExactly(new LimitReport(PER_CLIENT + "retained", 856, 1_000, "192.0.2.1"));
    Await.until(
        () -> {
          catchStatus(() -> IntStream.range(0, 100).forEach(i -> client.emit(new JsonObject(), 0)));
          return near(server).stream().anyMatch(each -> each.setting().endsWith(".emits"));
        });
    Await.until(() -> near(server).size() == 1);
  }

  @Test
  void ofManyThatAreNearALimitTheNearestAreTold(Server server) {
    server.deploy();
    var options = new RoutesOptions();
    options.getPerClient().setWaits(10);
    var quotas = new Quotas(server.vertx(), options);
    for (var i = 0; i < 200; i++) {
      quotas.client(null, address("192.0.2." + i)).enter(Kind.WAITS, i < 3 ? 10 : 9);
    }
    var limits = result(server.events().overview()).limits();
    assertThat(limits).hasSize(100);
    assertThat(limits.subList(0, 4))
        .extracting(LimitState::used)
        .containsExactly(10L, 10L, 10L, 9L);
  }

  private static SocketAddress address(String host) {
    return SocketAddress.inetSocketAddress(1, host);
  }

  private static int catchStatus(Runnable action) {
    try {
      action.run();
      return 0;
    } catch (ServerEventsException refused) {
      return refused.status();
    }
  }
}
