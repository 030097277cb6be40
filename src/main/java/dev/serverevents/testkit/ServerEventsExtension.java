package dev.serverevents.testkit;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test of JUnit 5 an {@link InMemoryServerEvents} of its own, and closes it after the
 * test:
 *
 * <pre>{@code
 * @ExtendWith(ServerEventsExtension.class)
 * class PricesTest {
 *   @Test
 *   void aPriceIsAnswered(InMemoryServerEvents kit) {
 *     ...
 *   }
 * }
 * }</pre>
 *
 * <p>Parameters of the types {@link Vertx}, {@link ServerEvents} and {@link TestClock} are those of
 * the same one. With other settings, it is a field: {@code @RegisterExtension static final
 * ServerEventsExtension SERVER = new ServerEventsExtension(options)}.
 */
public final class ServerEventsExtension implements ParameterResolver, AfterEachCallback {

  private static final Namespace NAMESPACE = Namespace.create(ServerEventsExtension.class);
  private static final String KIT = "kit";

  private static final Map<Class<?>, Function<InMemoryServerEvents, Object>> PARAMETERS =
      Map.of(
          InMemoryServerEvents.class, kit -> kit,
          Vertx.class, InMemoryServerEvents::vertx,
          ServerEvents.class, InMemoryServerEvents::events,
          TestClock.class, InMemoryServerEvents::clock);

  private final ServerEventsOptions options;

  /** With the default settings. */
  public ServerEventsExtension() {
    this(new ServerEventsOptions());
  }

  /** With the settings of the verticle, of which it keeps a copy. */
  public ServerEventsExtension(ServerEventsOptions options) {
    this.options = new ServerEventsOptions(options);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return PARAMETERS.containsKey(parameter.getParameter().getType());
  }

  /** Has a constructor run in the context of the test that the instance is for. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    if (test.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "Each test has a kit of its own, and there is no test yet: take it in the test, or in"
              + " @BeforeEach");
    }
    var kit =
        test.getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                KIT, key -> InMemoryServerEvents.create(options), InMemoryServerEvents.class);
    var get = PARAMETERS.get(parameter.getParameter().getType());
    return get == null ? kit : get.apply(kit);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    var kit = test.getStore(NAMESPACE).remove(KIT, InMemoryServerEvents.class);
    if (kit != null) {
      kit.close();
    }
  }
}
