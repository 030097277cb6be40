package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What clients are not told. */
@OnBothBackends
class NeutralDetailsTest {

  private static final String NEUTRAL =
      "Waiting and emitting are not possible at present: try again later";

  private static String firstAnswer(Http http, String path, JsonObject message) {
    var messages = new CopyOnWriteArrayList<String>();
    var socket = result(http.connect(path));
    socket.handler(bytes -> messages.add(bytes.toString()));
    result(socket.writeTextMessage(message.encode()));
    Await.until(() -> !messages.isEmpty());
    socket.close();
    return messages.get(0);
  }

  @Test
  @OwnRedis
  void whatRedisSaysIsInTheLogAlone(Server server) {
    var log = new ListAppender<ILoggingEvent>();
    log.start();
    var logger = (Logger) LoggerFactory.getLogger(Problems.class);
    logger.addAppender(log);
    server.broker().refuseSubscribe();
    server.deploy();
    var http = new Http(server);
    var answers = new ArrayList<String>();
    for (var reply :
        new Http.Reply[] {
          http.get("/events/a/1"), http.get("/events/a/1/stream"), http.post("/events/a/1", "[]")
        }) {
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.json().fieldNames())
          .contains("type", "title", "status", "detail", "cause")
          .isSubsetOf("type", "title", "status", "detail", "cause", "explain");
      answers.add(reply.detail());
    }
    var event = new JsonObject().put("name", "a").put("id", 1);
    for (var type : new String[] {"subscribe", "emit"}) {
      answers.add(firstAnswer(http, "/socket", event.copy().put("type", type)));
    }
    for (var address : new String[] {"on", "emit", "stream"}) {
      var send =
          new JsonObject()
              .put("type", "send")
              .put("address", "server-events." + address)
              .put("replyAddress", "r")
              .put("body", event);
      answers.add(firstAnswer(http, "/eventbus/websocket", send));
    }
    assertThat(answers).hasSize(8).allMatch(answer -> answer.contains(NEUTRAL));
    assertThat(answers.toString().replace("\"cause\":\"redis-refused\"", ""))
        .doesNotContain("NOPERM", "edis", "127.0.0.1");
    assertThat(log.list).hasSize(8).allMatch(line -> line.toString().contains("NOPERM"));
    logger.detachAppender(log);
    server.undeploy();
  }
}
