package dev.serverevents;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.InFlight;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On which threads, contexts and Vert.x the verticle and those who use it may be. */
@OnBothBackends
class ThreadingTest {

  private static DeploymentOptions options(ThreadingModel model) {
    Assumptions.assumeTrue(
        model != ThreadingModel.VIRTUAL_THREAD || Runtime.version().feature() >= 21,
        "virtual threads come with Java 21");
    return new DeploymentOptions().setThreadingModel(model);
  }

  @ParameterizedTest
  @EnumSource(names = {"WORKER", "VIRTUAL_THREAD"})
  void theVerticleRefusesToRunAnywhereButOnAnEventLoop(ThreadingModel model, Server server) {
    var verticle = server.verticle(server.options());
    assertThat(failure(server.vertx().deployVerticle(verticle, options(model))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "threadingModel is %s: it must be EVENT_LOOP for a %s"
                .formatted(model, verticle.kind()));
  }

  /** One that uses events, on threads of its kind. */
  private static final class Caller extends AbstractVerticle {
    ServerEvents events;

    @Override
    public void start() {
      events = ServerEvents.create(vertx);
    }

    <T> Future<T> call(java.util.function.Supplier<Future<T>> action) {
      var done = Promise.<T>promise();
      context.runOnContext(v -> action.get().onComplete(done));
      return done.future();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EVENT_LOOP", "WORKER", "VIRTUAL_THREAD"})
  void callersMayBeOnAnyThreads(ThreadingModel model, Server server) {
    server.deploy();
    var caller = new Caller();
    result(server.vertx().deployVerticle(caller, options(model)));
    var answers =
        InFlight.run(
            500,
            20,
            i ->
                caller.<EventArgs>call(
                    () ->
                        i % 2 == 0
                            ? caller.events.request("job", i, () -> caller.events.emit("job", i, i))
                            : caller.events.requestDirect(
                                "job", i, to -> caller.events.reply(to, "job", i, i))));
    assertThat(answers).hasSize(500);
    var on = caller.<Boolean>call(() -> onSameKind(caller, model));
    assertThat(result(on)).isTrue();
  }

  private static Future<Boolean> onSameKind(Caller caller, ThreadingModel model) {
    return caller
        .events
        .request("job", "kind", () -> caller.events.emit("job", "kind"))
        .map(args -> ContextInternal.current().threadingModel() == model);
  }

  /** What a context would close, by Vert.x's own list of it. */
  private static int closeHooks(Context context) throws ReflectiveOperationException {
    var future = ((ContextInternal) context).closeFuture();
    for (var field : future.getClass().getDeclaredFields()) {
      field.setAccessible(true);
      if (field.get(future) instanceof java.util.Map<?, ?> children) {
        return children.size();
      }
      if (field.get(future) instanceof Collection<?> children) {
        return children.size();
      }
    }
    return 0;
  }

  @Test
  void anInstanceThatIsClosedLeavesNothingInItsVerticle(Server server) throws Exception {
    server.deploy();
    var contexts = new ArrayList<Context>();
    var verticle =
        new AbstractVerticle() {
          @Override
          public void start() {
            contexts.add(context);
          }
        };
    result(server.vertx().deployVerticle(verticle));
    var context = contexts.get(0);
    var before = closeHooks(context);
    var closed = new ArrayList<Future<Void>>();
    var all = Promise.<List<Future<Void>>>promise();
    context.runOnContext(
        v -> {
          for (var i = 0; i < 1_000; i++) {
            var events = ServerEvents.create(server.vertx());
            events.onReady(() -> {});
            closed.add(events.close());
          }
          all.complete(closed);
        });
    result(Future.all(result(all.future())));
    assertThat(closeHooks(context)).isEqualTo(before);
  }

  @Test
  void anInstanceIsOfTheVertxThatItIsCreatedFor(Server server) {
    var other = Vertx.vertx();
    try {
      var created = Promise.<ServerEvents>promise();
      other.runOnContext(v -> created.complete(ServerEvents.create(server.vertx())));
      var events = result(created.future());
      assertThat(events.vertx()).isSameAs(server.vertx());
      server.deploy();
      assertThat(result(events.emit("a", 1))).isZero();
      result(events.close());
    } finally {
      result(other.close());
    }
  }
}
