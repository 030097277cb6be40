package dev.serverevents.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a test gets of the extension, with which it runs itself. */
class ServerEventsExtensionTest {

  @Nested
  @ExtendWith(ServerEventsExtension.class)
  class OfItsParameters {

    private InMemoryServerEvents before;

    @BeforeEach
    void create(InMemoryServerEvents kit) {
      before = kit;
    }

    @Test
    void allAreOfOneKit(
        InMemoryServerEvents kit, Vertx vertx, ServerEvents events, TestClock clock) {
      assertThat(kit).isSameAs(before);
      assertThat(kit.vertx()).isSameAs(vertx);
      assertThat(kit.events()).isSameAs(events);
      assertThat(kit.clock()).isSameAs(clock);
      assertThat(events.isReady()).isTrue();
    }
  }

  @Nested
  @ExtendWith(ServerEventsExtension.class)
  class OfItsConstructor {

    private final InMemoryServerEvents own;

    OfItsConstructor(InMemoryServerEvents kit) {
      own = kit;
    }

    @RepeatedTest(2)
    void eachTestHasItsOwn(InMemoryServerEvents kit) {
      assertThat(kit).isSameAs(own);
      assertThat(kit.emitted("job", 1)).isEmpty();
      kit.events().emit("job", 1);
      assertThat(kit.emitted("job", 1)).hasSize(1);
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class WithoutATest {

    @RegisterExtension final ServerEventsExtension server = new ServerEventsExtension();
    private ExtensionContext ofTheClass;

    @RegisterExtension final BeforeAllCallback context = before -> ofTheClass = before;

    @Test
    void thereIsNone() {
      assertThatThrownBy(() -> server.resolveParameter(parameter(), ofTheClass))
          .isInstanceOf(ParameterResolutionException.class)
          .hasMessageContaining("@BeforeEach");
    }

    private ParameterContext parameter() {
      return (ParameterContext)
          Proxy.newProxyInstance(
              ParameterContext.class.getClassLoader(),
              new Class<?>[] {ParameterContext.class},
              (self, method, args) -> null);
    }
  }

  @Nested
  class OfItsOptions {

    private static final ServerEventsOptions OPTIONS = new ServerEventsOptions().setTimeout(5_000);

    @RegisterExtension
    static final ServerEventsExtension SERVER = new ServerEventsExtension(OPTIONS);

    static {
      OPTIONS.setTimeout(1); // which is too late: it has a copy
    }

    @Test
    void theVerticleHasThem(ServerEvents events) {
      assertThat(events.timeout()).isEqualTo(5_000);
    }
  }

  @Nested
  @ExtendWith(ServerEventsExtension.class)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  class OfItsEnd {

    private static Vertx first;
    private static Vertx second;
    private static Future<?> wait;
    private static boolean isStopped;

    @Test
    @Order(1)
    void aTestMayLeaveWhatItLikes(InMemoryServerEvents kit) {
      first = kit.vertx();
      wait = kit.events().on("job", 1, Duration.ofHours(1));
      kit.vertx().deployVerticle(new Stopped());
      kit.settle();
      assertThat(wait.isComplete()).isFalse();
    }

    @Test
    @Order(2)
    void theNextHasAKitOfItsOwnAndTheOneBeforeIsClosed(InMemoryServerEvents kit) {
      second = kit.vertx();
      assertThat(second).isNotSameAs(first);
      assertThat(wait.failed()).isTrue();
      assertThat(isStopped).isTrue();
      assertClosed(first);
      kit.assertNothingPending();
    }

    @Test
    @Order(3)
    void aTestMayCloseItsKitItself(InMemoryServerEvents kit) {
      kit.close();
      assertClosed(kit.vertx());
    }

    @Test
    @Order(4)
    void aTestWithoutAParameterHasNone() {
      assertClosed(second);
    }

    @AfterAll
    static void allAreClosed() {
      assertClosed(first);
      assertClosed(second);
    }

    private static void assertClosed(Vertx vertx) {
      assertThat(((VertxInternal) vertx).closeFuture().isClosed()).isTrue();
    }

    /** Says when it is undeployed. */
    private static final class Stopped extends VerticleBase {
      @Override
      public Future<?> stop() {
        isStopped = true;
        return Future.succeededFuture();
      }
    }
  }
}
