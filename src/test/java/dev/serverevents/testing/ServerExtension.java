package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each {@link Server} parameter of a test a server of its own on the shared Redis, and checks
 * after the test that nothing is left: no subscription, connection, key, timer or blocked thread.
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
    var server = limit == null ? new Server(redis(test)) : new Server(redis(test), limit.value());
    servers(test).add(server);
    return server;
  }

  @Override
  public void afterEach(ExtensionContext test) {
    var servers = servers(test);
    servers.forEach(Server::end);
    servers.stream().map(Server::redis).distinct().forEach(ServerExtension::checkNothingIsLeft);
  }

  private static TestRedis redis(ExtensionContext test) {
    var own = test.getRequiredTestMethod().getAnnotation(OwnRedis.class);
    var shared = TestRedis.shared(); // at first use it warms up
    return own == null
        ? shared
        : test.getStore(NAMESPACE)
            .getOrComputeIfAbsent("redis", key -> TestRedis.start(own.value()), TestRedis.class);
  }

  private static void checkNothingIsLeft(TestRedis redis) {
    Await.untilAsserted(
        () -> assertThat(redis.connections()).as("connections after the test").isEmpty());
    assertThat(redis.allChannels()).as("channels after the test").isEmpty();
    assertThat(redis.lastingKeys()).as("keys that do not expire").isEmpty();
    redis.command("FLUSHALL");
  }

  @SuppressWarnings("unchecked")
  private static List<Server> servers(ExtensionContext test) {
    return (List<Server>)
        test.getStore(NAMESPACE).getOrComputeIfAbsent("servers", key -> new ArrayList<Server>());
  }
}
