package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import dev.serverevents.internal.memory.MemoryTestBroker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each {@link Server} parameter of a test a server of its own on the shared Redis, or in the
 * memory of the test, and checks after the test that nothing is left: no subscription, connection,
 * key, timer or blocked thread.
 */
public final class ServerExtension implements ParameterResolver, AfterEachCallback {

  private static final Namespace NAMESPACE = Namespace.create(ServerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == Server.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    var limit = test.getRequiredTestMethod().getAnnotation(BlockedThreadLimit.class);
    var broker = broker(test);
    var server = limit == null ? new Server(broker) : new Server(broker, limit.value());
    servers(test).add(server);
    return server;
  }

  @Override
  public void afterEach(ExtensionContext test) {
    var servers = servers(test);
    servers.forEach(Server::end);
    servers.stream().map(Server::broker).distinct().forEach(ServerExtension::checkNothingIsLeft);
  }

  private static TestBroker broker(ExtensionContext test) {
    return test.getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "broker",
            key ->
                BackendExtension.of(test) == Backend.REDIS
                    ? new RedisTestBroker(redis(test))
                    : memory(),
            TestBroker.class);
  }

  private static TestRedis redis(ExtensionContext test) {
    var shared = TestRedis.shared(); // at first use it warms up
    return findAnnotation(test.getRequiredTestMethod(), OwnRedis.class)
        .or(() -> findAnnotation(test.getRequiredTestClass(), OwnRedis.class))
        .map(
            own ->
                test.getStore(NAMESPACE)
                    .getOrComputeIfAbsent(
                        "redis", key -> TestRedis.start(own.value()), TestRedis.class))
        .orElse(shared);
  }

  private static MemoryTestBroker memory() {
    Warm.up();
    return new MemoryTestBroker();
  }

  /** What the first test in memory needs to have loaded. */
  private static final class Warm {
    static {
      Server.warmUp(new MemoryTestBroker());
    }

    static void up() {}
  }

  private static void checkNothingIsLeft(TestBroker broker) {
    Await.untilAsserted(
        () -> assertThat(broker.connections()).as("connections after the test").isEmpty());
    assertThat(broker.allChannels()).as("channels after the test").isEmpty();
    assertThat(broker.lastingKeys()).as("keys that do not expire").isEmpty();
    broker.clear();
  }

  @SuppressWarnings("unchecked")
  private static List<Server> servers(ExtensionContext test) {
    return (List<Server>)
        test.getStore(NAMESPACE).getOrComputeIfAbsent("servers", key -> new ArrayList<Server>());
  }
}
