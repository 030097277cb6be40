package dev.serverevents.internal.client;

import dev.serverevents.Explanation;
import dev.serverevents.InvalidInputException;
import dev.serverevents.SystemOverview;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.insight.Merge;
import dev.serverevents.internal.insight.Question;
import dev.serverevents.internal.local.Answers;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.wire.EventKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Function;

/** What one ServerEvents asks all servers. Any thread may use it, for a caller on any context. */
final class Questions {

  private final Home home;
  private final Verticles verticles;

  Questions(Home home, Verticles verticles) {
    this.home = home;
    this.verticles = verticles;
  }

  /** Asks how all servers are. */
  Future<SystemOverview> overview(ContextInternal caller) {
    var at = home.clock().currentTimeMillis();
    return ask(new Question.Overview(), answers -> Merge.overview(answers, at), caller);
  }

  /** Asks what happened to an event. */
  Future<Explanation> explain(Object name, Object id, ContextInternal caller) {
    try {
      var key = EventKey.of(name, id, verticles.limits());
      return ask(new Question.Explain(key), answers -> Merge.explanation(key, answers), caller);
    } catch (InvalidInputException invalid) {
      return caller.failedFuture(invalid);
    }
  }

  /** Has all that waits for an event end. */
  Future<Integer> cancel(Object name, Object id, ContextInternal caller) {
    try {
      var key = EventKey.of(name, id, verticles.limits());
      return ask(new Question.Cancel(key), Merge::cancelled, caller);
    } catch (InvalidInputException invalid) {
      return caller.failedFuture(invalid);
    }
  }

  private <T> Future<T> ask(Question question, Function<Answers, T> merge, ContextInternal caller) {
    Promise<T> merged = caller.promise();
    Promise<Answers> answers = Promise.promise();
    answers.future().map(merge).onComplete(merged);
    try {
      verticles.any().commands().add(new Command.Ask(question.toJson(), answers));
    } catch (UnavailableException none) {
      answers.fail(none);
    }
    return merged.future();
  }
}
