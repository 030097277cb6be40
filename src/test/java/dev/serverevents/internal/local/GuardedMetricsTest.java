package dev.serverevents.internal.local;

import static dev.serverevents.testing.Await.failure;
import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEventsMetrics;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What measures may fail; what is measured goes on. */
@OnBothBackends
class GuardedMetricsTest {

  private final Set<String> called = new ConcurrentSkipListSet<>();

  /** Metrics of which every method throws. */
  private final ServerEventsMetrics failing =
      (ServerEventsMetrics)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {ServerEventsMetrics.class},
              (proxy, method, args) -> {
                called.add(method.getName());
                throw new IllegalStateException(method.getName());
              });

  private static Stream<Method> methods() {
    return Arrays.stream(ServerEventsMetrics.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void nothingThatAnyOfThemThrowsComesOut(Method method) {
    var vertx = Vertx.vertx();
    try {
      ServerEventsMetrics.set(vertx, failing);
      var arguments =
          Arrays.stream(method.getParameterTypes())
              .map(type -> type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : null)
              .toArray();
      assertThatCode(() -> method.invoke(ServerEventsMetrics.of(vertx), arguments))
          .doesNotThrowAnyException();
      assertThat(called).containsExactly(method.getName());
    } finally {
      result(vertx.close());
    }
  }

  @Test
  void waitsStreamsAndEmitsEndAsTheyShould(Server server) {
    ServerEventsMetrics.set(server.vertx(), failing);
    server.deploy();
    var events = server.events();
    var wait = events.listen("measured", 1);
    var ended = Promise.<Void>promise();
    var stream = events.stream("measured", 1).handler(event -> {}).endHandler(ended::complete);
    result(wait.subscribed());
    result(stream.subscribed());
    result(events.emit("measured", 1, "x"));
    assertThat(result(wait.future()).list()).isEqualTo(List.of("x"));
    result(ended.future());
    assertThat(failure(events.on("measured", 2, 100))).isInstanceOf(EventTimeoutException.class);
    assertThat(called).contains("waitBegan", "waitEnded", "streamEnded", "emitted");
    server.undeploy();
  }
}
