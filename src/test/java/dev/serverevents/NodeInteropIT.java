package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.NodePeer;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.json.JsonArray;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client in another language, which shares nothing with this project but the wire protocol. */
@ExtendWith(ServerExtension.class)
class NodeInteropIT {

  private static final List<String> ARGUMENTS =
      List.of(
          "[]",
          "[null]",
          "[true,false,null,0,-1,1.5,1.0E-7,\"\"]",
          "[9007199254740992,-9007199254740992,4294967296]",
          "[\"é ☃ 日本 😀 \\u0000 \\\" \\\\ / \\n\"]",
          "[{\"type\":\"object\",\"empty\":{},\"list\":[[],[[1]],{\"deep\":{\"er\":[null]}}]}]",
          "[\"arg1\",1,{\"type\":\"object\"}]",
          "[{\"😀\":\"key\"},\"" + "x".repeat(100_000) + "\"]");

  private static final List<List<Object>> KEYS =
      List.of(
          List.of("pi event", 314),
          List.of("pi event", "314"),
          List.of("é☃😀", "日本"),
          List.of(7, 9_007_199_254_740_991L),
          List.of("a:b", "c:d"),
          List.of("price", "$5"));

  @BeforeEach
  void nodeMustBeThere() {
    NodePeer.install();
  }

  @Test
  void whatNodeEmitsJavaGets(Server server) {
    server.deploy();
    var events = server.events();
    try (var peer = NodePeer.start(server.redis().url())) {
      for (var key : KEYS) {
        for (var json : ARGUMENTS) {
          var args = new JsonArray(json);
          var wait = events.listen(key.get(0), key.get(1));
          result(wait.subscribed());
          assertThat(peer.emit(key, args)).isEqualTo(1);
          assertThat(result(wait.future()).toJsonArray()).isEqualTo(args);
        }
      }
    }
  }

  @Test
  void whatJavaEmitsNodeGets(Server server) {
    server.deploy();
    var events = server.events();
    try (var peer = NodePeer.start(server.redis().url())) {
      for (var key : KEYS) {
        for (var json : ARGUMENTS) {
          var args = new JsonArray(json);
          peer.subscribe(key);
          var emitted = events.emit(key.get(0), key.get(1), args.getList().toArray());
          assertThat(result(emitted)).isEqualTo(1);
          assertThat(peer.args()).isEqualTo(args);
        }
      }
    }
  }
}
