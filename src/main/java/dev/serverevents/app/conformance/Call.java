package dev.serverevents.app.conformance;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Something that an adapter was asked for.
 *
 * @param events what the adapter tells by itself
 * @param giveUp ends the adapter, for a reason
 * @param limit in ms, for the answer
 */
record Call(
    Events events,
    Consumer<String> giveUp,
    int number,
    String operation,
    CompletableFuture<JsonObject> future,
    long limit) {

  /** The answer, with {@code out} or {@code error}. Without one, the adapter is given up. */
  JsonObject answer() {
    return answer(limit);
  }

  /** The same for what takes its time. */
  JsonObject answer(long ms) {
    try {
      var answer = future.get(ms, TimeUnit.MILLISECONDS);
      if (answer.containsKey("broken")) {
        throw new FailedException(operation, "an answer", answer.getString("broken"));
      }
      return answer;
    } catch (TimeoutException late) {
      giveUp.accept("it did not answer " + operation);
      throw new FailedException(operation, "an answer", "none within " + ms + " ms");
    } catch (ExecutionException | InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The {@code out} of the answer, which must not be an error. */
  JsonObject out() {
    return out(answer());
  }

  private JsonObject out(JsonObject answer) {
    if ("unsupported".equals(answer.getString("error"))) {
      throw new SkippedException("the client does not support \"" + operation + "\"");
    }
    if (!(answer.getValue("out") instanceof JsonObject out)) {
      throw new FailedException(operation, "no error", answer.encode());
    }
    return out;
  }

  /** Whether there is an answer. */
  boolean isAnswered() {
    return future.isDone();
  }

  /** The answer must be an error. */
  JsonObject error(String error) {
    var answer = answer();
    if (!error.equals(answer.getString("error"))) {
      if ("unsupported".equals(answer.getString("error"))) {
        out(answer);
      }
      throw new FailedException(operation, "the error \"" + error + "\"", answer.encode());
    }
    return answer;
  }

  /** The arguments that a wait got must be these. */
  void got(String args) {
    Check.json("the arguments that the wait got", args, String.valueOf(out().getValue("args")));
  }

  /** Returns when Redis has confirmed the subscription of a wait. */
  Call subscribed() {
    events.await(
        "subscribed",
        event -> Integer.valueOf(number).equals(event.getValue("call")),
        "\"subscribed\" of call " + number,
        limit);
    return this;
  }
}
