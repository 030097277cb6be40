package dev.serverevents.internal.json;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@OnBothBackends
class JsonAddressesTest {

  private static Future<Object> request(Server server, String address, Object body) {
    return server.vertx().eventBus().request(address, body).map(reply -> reply.body());
  }

  private static void assertFails(Server server, String address, Object body, String message) {
    var failure = (ReplyException) failure(request(server, address, body));
    assertThat(failure.failureCode()).isEqualTo(400);
    assertThat(failure).hasMessage(message);
  }

  @Test
  void onRepliesWithTheArrayOfArgumentsAndEmitWithItsReceivers(Server server) {
    server.deploy();
    var waiting =
        request(server, "server-events.on", new JsonObject("{\"name\":\"pi event\",\"id\":314}"));
    Await.until(() -> server.broker().channels().contains("pi event:314"));
    var emit = "{\"name\":\"pi event\",\"id\":\"314\",\"args\":[\"arg1\",1,{\"x\":null}]}";
    assertThat(result(request(server, "server-events.emit", new JsonObject(emit))))
        .isEqualTo(new JsonObject().put("receivers", 1));
    assertThat(result(waiting)).isEqualTo(new JsonArray("[\"arg1\",1,{\"x\":null}]"));
  }

  @Test
  void emitMayBeSentWithoutAskingForAReply(Server server) {
    server.deploy();
    var wait = server.events().listen("a", 1);
    result(wait.subscribed());
    var emit = new JsonObject().put("name", "a").put("id", 1);
    server.vertx().eventBus().send("server-events.emit", emit);
    assertThat(result(wait.future()).list()).isEmpty();
  }

  @Test
  void aTimeoutIsFailureCode504(Server server) {
    server.deploy();
    var on = new JsonObject().put("name", "a").put("id", 1).put("timeout", 300);
    var failure = (ReplyException) failure(request(server, "server-events.on", on));
    assertThat(failure.failureCode()).isEqualTo(504);
    assertThat(failure).hasMessage("No event \"a\" with id \"1\" within its timeout of 300 ms");
  }

  @Test
  void badInputIsFailureCode400AndTheNextGoodCallWorks(Server server) {
    server.deploy();
    var on = "server-events.on";
    assertFails(server, on, "text", "body is \"text\": it must be a JSON object");
    assertFails(server, on, null, "name is null: it must be a string or an integer");
    var event = new JsonObject().put("name", "a").put("id", 1);
    var range = "it must be an integer from 1 to 86400000";
    for (var bad : new Object[] {0, -1, 86_400_001, 1.5, true}) {
      assertFails(server, on, event.copy().put("timeout", bad), "timeout is " + bad + ": " + range);
    }
    assertFails(server, on, event.copy().put("timeout", "abc"), "timeout is \"abc\": " + range);
    assertFails(server, on, event.copy().putNull("timeout"), "timeout is null: " + range);
    assertFails(server, on, event.copy().put("name", ""), "name is \"\": it must not be empty");
    var emit = "server-events.emit";
    assertFails(server, emit, event.copy().put("args", 1), "args is 1: it must be a JSON array");
    assertFails(
        server,
        emit,
        event.copy().put("id", true),
        "id is true: it must be a string or an integer");
    assertThat(result(request(server, emit, event)))
        .isEqualTo(new JsonObject().put("receivers", 0));
  }

  private static void awaitSubscribed(Server server, int channels) {
    Await.until(() -> server.broker().channels().size() == channels);
  }

  @Test
  void anyRepliesWithTheFirstAndAllWithWhatCameFailedAndIsMissing(Server server) {
    server.deploy();
    var events = server.events();
    var any = request(server, "server-events.on", new JsonObject("{\"name\":\"a\",\"any\":[1,2]}"));
    awaitSubscribed(server, 2);
    result(events.emitFailure("a", 1, 422, "no", "gold"));
    awaitSubscribed(server, 1);
    result(events.emit("a", 2, 42, new JsonObject()));
    assertThat(result(any)).isEqualTo(new JsonObject("{\"id\":\"2\",\"args\":[42,{}]}"));
    var all =
        request(
            server,
            "server-events.on",
            new JsonObject("{\"name\":\"a\",\"all\":[1,\"2\",3],\"min\":1}"));
    awaitSubscribed(server, 3);
    result(events.emitFailure("a", 1, 422, "no", "gold"));
    awaitSubscribed(server, 2);
    result(events.emit("a", 2, 42));
    assertThat(result(all))
        .isEqualTo(
            new JsonObject(
                "{\"results\":{\"2\":[42]},\"failures\":{\"1\":{\"status\":422,\"cause\":\"failure\","
                    + "\"message\":\"no\",\"code\":422,\"detail\":\"gold\"}},\"missing\":[\"3\"]}"));
    awaitSubscribed(server, 0);
  }

  @Test
  void whereFewerComeThanAreNeededTheFailureCodeSaysWhy(Server server) {
    server.deploy();
    var on = new JsonObject("{\"name\":\"a\",\"all\":[1,2],\"timeout\":300}");
    var late = (ReplyException) failure(request(server, "server-events.on", on));
    assertThat(late.failureCode()).isEqualTo(504);
    assertThat(late).hasMessageStartingWith("Of the 2 events \"a\" that are needed 0 came: ");
  }

  @Test
  void whatDoesNotGoWithSeveralIdsIsRefused(Server server) {
    server.deploy();
    var on = "server-events.on";
    var any = new JsonObject("{\"name\":\"a\",\"any\":[1,2]}");
    var all = new JsonObject("{\"name\":\"a\",\"all\":[1,2]}");
    var with = "it must not be with ";
    assertFails(server, on, any.copy().put("id", 1), "id is 1: " + with + "any");
    assertFails(server, on, all.copy().put("handOver", "x"), "handOver is \"x\": " + with + "all");
    assertFails(server, on, any.copy().put("direct", true), "direct is true: " + with + "any");
    assertFails(
        server, on, any.copy().put("watchWorker", true), "watchWorker is true: " + with + "any");
    assertFails(
        server, on, all.copy().put("stalledAfter", 500), "stalledAfter is 500: " + with + "all");
    assertFails(server, on, any.copy().mergeIn(all), "any is [1,2]: " + with + "all");
    assertFails(server, on, any.copy().put("min", 1), "min is 1: it must be with all");
    var id = new JsonObject("{\"name\":\"a\",\"id\":1,\"min\":1}");
    assertFails(server, on, id, "min is 1: it must be with all");
    assertFails(server, on, all.copy().put("all", 1), "all is 1: it must be a JSON array");
    var none = "all is []: it must be 1 to 100 ids";
    assertFails(server, on, all.copy().put("all", new JsonArray()), none);
    var range = "it must be an integer from 1 to 2";
    assertFails(server, on, all.copy().put("min", 3), "min is 3: " + range);
    assertFails(server, on, all.copy().put("min", "x"), "min is \"x\": " + range);
    var badId = new JsonArray().add(1).addNull();
    assertFails(server, on, all.put("all", badId), "id is null: it must be a string or an integer");
    assertThat(server.broker().channels()).isEmpty();
  }

  @Test
  void aRetainedEventIsFoundByARetainedWait(Server server) {
    server.deploy();
    var emit = new JsonObject("{\"name\":\"a\",\"id\":1,\"args\":[\"kept\"],\"retain\":10000}");
    result(request(server, "server-events.emit", emit));
    var on = new JsonObject("{\"name\":\"a\",\"id\":1,\"retained\":true}");
    assertThat(result(request(server, "server-events.on", on)))
        .isEqualTo(new JsonArray().add("kept"));
    assertFails(
        server,
        "server-events.on",
        on.copy().put("retained", "maybe"),
        "retained is \"maybe\": it must be true or false");
    assertFails(
        server,
        "server-events.emit",
        emit.copy().put("retain", 0),
        "retain is 0: it must be an integer from 1 to 604800000");
  }

  @Test
  void aFailureIsFailedWithItsStatusAndMessage(Server server) {
    server.deploy();
    var on = new JsonObject().put("name", "a").put("id", 1);
    var waiting = request(server, "server-events.on", on);
    Await.until(() -> server.broker().channels().contains("a:1"));
    var failure = new JsonObject().put("code", 422).put("message", "no room");
    result(request(server, "server-events.emit", on.copy().put("failure", failure)));
    var failed = (ReplyException) failure(waiting);
    assertThat(failed.failureCode()).isEqualTo(422);
    assertThat(failed).hasMessage("no room");
    assertFails(
        server,
        "server-events.emit",
        on.copy().put("failure", new JsonObject().put("code", "x")),
        "failure.code is \"x\": it must be an integer from 0 to 2147483647");
  }

  @Test
  void whatDoesNotGoTogetherInAnEmitIsRefused(Server server) {
    server.deploy();
    var emit = "server-events.emit";
    var failure = new JsonObject().put("code", 422).put("message", "no");
    var failed = new JsonObject().put("name", "a").put("id", 1).put("failure", failure);
    assertFails(
        server,
        emit,
        failed.copy().put("args", new JsonArray().add(1)),
        "args is [1]: it must not be with failure");
    assertFails(
        server,
        emit,
        failed.copy().put("progress", true),
        "progress is true: it must not be with failure");
    assertThat(result(request(server, emit, failed.put("progress", false).putNull("args"))))
        .isEqualTo(new JsonObject().put("receivers", 0));
  }

  /** What a stream's address brings, in order. */
  private static List<JsonObject> consume(Server server, String body) {
    var reply = (JsonObject) result(request(server, "server-events.stream", new JsonObject(body)));
    var all = new CopyOnWriteArrayList<JsonObject>();
    server
        .vertx()
        .eventBus()
        .<JsonObject>consumer(reply.getString("address"), message -> all.add(message.body()));
    return all;
  }

  @Test
  void aStreamIsSentToAnAddressOfItsOwn(Server server) {
    server.deploy();
    var all = consume(server, "{\"name\":\"pi\",\"id\":1}");
    var progress = "{\"name\":\"pi\",\"id\":1,\"args\":[50],\"progress\":true}";
    result(request(server, "server-events.emit", new JsonObject(progress)));
    result(server.events().emit("pi", 1, 3.14));
    Await.untilAsserted(
        () ->
            assertThat(all)
                .containsExactly(
                    new JsonObject("{\"type\":\"open\"}"),
                    new JsonObject("{\"type\":\"progress\",\"args\":[50]}"),
                    new JsonObject("{\"type\":\"result\",\"args\":[3.14]}"),
                    new JsonObject("{\"type\":\"end\"}")));
  }

  @Test
  void aStreamThatTimesOutSaysSo(Server server) {
    server.deploy();
    var all = consume(server, "{\"name\":\"pi\",\"id\":1,\"timeout\":300}");
    Await.until(() -> all.size() == 2);
    assertThat(all.get(1).getString("type")).isEqualTo("timeout");
    assertThat(all.get(1).getInteger("status")).isEqualTo(504);
  }

  @Test
  void anEndBeforeTheConsumerComesIsToldToIt(Server server) {
    server.deploy();
    var body = new JsonObject("{\"name\":\"pi\",\"id\":1,\"timeout\":300}");
    var reply = (JsonObject) result(request(server, "server-events.stream", body));
    Await.until(() -> server.broker().channels().isEmpty());
    var all = new CopyOnWriteArrayList<String>();
    server
        .vertx()
        .eventBus()
        .<JsonObject>consumer(
            reply.getString("address"), message -> all.add(message.body().getString("type")));
    Await.untilAsserted(() -> assertThat(all).containsExactly("open", "timeout"));
  }

  @Tag("long")
  @Test
  void aStreamEndsWhenItsConsumerGoesOrNeverComes(Server server) {
    server.deploy();
    var body = new JsonObject("{\"name\":\"pi\",\"id\":1,\"follow\":true}");
    result(request(server, "server-events.stream", body));
    Await.until(() -> server.broker().channels().size() == 2);
    var reply = (JsonObject) result(request(server, "server-events.stream", body.put("id", 2)));
    var opened = Promise.<Void>promise();
    var consumer =
        server
            .vertx()
            .eventBus()
            .consumer(reply.getString("address"), message -> opened.tryComplete());
    result(opened.future());
    assertThat(server.broker().channels()).contains("pi:2");
    result(consumer.unregister());
    Await.until(() -> server.broker().channels().isEmpty());
  }

  @Test
  void aStreamThatCannotBeIsRefused(Server server) {
    server.deploy();
    assertFails(
        server,
        "server-events.stream",
        new JsonObject("{\"name\":\"$pi\",\"id\":1}"),
        "name is \"$pi\": it must not begin with \"$\", which is reserved");
    assertFails(
        server,
        "server-events.stream",
        new JsonObject("{\"name\":\"pi\",\"id\":1,\"timeout\":0}"),
        "timeout is 0: it must be an integer from 1 to 86400000");
  }
}
