package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An adapter for the conformance runner in a process of its own, which does what a test says. */
final class ClientPeer implements AutoCloseable {

  private final Process process;
  private final BufferedWriter input;
  private final List<JsonObject> said = new CopyOnWriteArrayList<>();
  private int calls;

  ClientPeer(Process process) {
    this.process = process;
    input = process.outputWriter(StandardCharsets.UTF_8);
    var output = process.inputReader(StandardCharsets.UTF_8);
    var reader = new Thread(() -> read(output), "client-peer");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(BufferedReader output) {
    output.lines().map(JsonObject::new).forEach(said::add);
  }

  /** Asks for something, and returns the number of the call. */
  int ask(String operation, JsonObject in) {
    var call = ++calls;
    try {
      input.write(new JsonObject().put("call", call).put("do", operation).put("in", in).encode());
      input.newLine();
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return call;
  }

  /** Returns the answer to a call. */
  JsonObject answer(int call) {
    Await.until(() -> process.isAlive() && find("call", call) != null);
    return find("call", call);
  }

  private JsonObject find(String field, Object value) {
    return said.stream()
        .filter(line -> !line.containsKey("event") && value.equals(line.getValue(field)))
        .findFirst()
        .orElse(null);
  }

  /** Asks for something, and returns what comes of it. */
  JsonObject out(String operation, JsonObject in) {
    var answer = answer(ask(operation, in));
    assertThat(answer.containsKey("out")).as(answer.encode()).isTrue();
    return answer.getJsonObject("out");
  }

  /** The ids of the events of a kind that it told of so far. */
  List<String> told(String event) {
    return said.stream()
        .filter(line -> event.equals(line.getString("event")))
        .map(line -> String.valueOf(line.getValue("id")))
        .toList();
  }

  /** Returns when it has told of a wait or a job. */
  void awaitTold(String event, String id) {
    Await.until(() -> told(event).contains(id));
  }

  /** Returns when it has told that Redis has confirmed the subscription of a call's wait. */
  void awaitSubscribed(int call) {
    Await.until(
        () ->
            said.stream()
                .filter(line -> "subscribed".equals(line.getString("event")))
                .anyMatch(line -> line.getInteger("call") == call));
  }

  /** Begins to work on the jobs of a name, one at a time, and returns the worker's id. */
  String work(String name) {
    var in = new JsonObject().put("name", name).put("list", name);
    return out("work", in).getString("workerId");
  }

  /** Lets the job that it has end with a result. */
  void finish(String name, String id, String args) {
    out("finish", new JsonObject().put("name", name).put("id", id).put("args", args));
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Ends as the runner has it end: it gives back what it has, and exits with 0. */
  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        input.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      var ended = process.onExit().completeOnTimeout(process, 15, TimeUnit.SECONDS).join();
      var hasEnded = !ended.isAlive();
      kill();
      assertThat(hasEnded && ended.exitValue() == 0).as("the adapter has ended well").isTrue();
    }
  }
}
