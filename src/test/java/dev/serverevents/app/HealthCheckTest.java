package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthCheckTest {

  private static final String PORT = "SERVER_EVENTS_HTTP_PORT";

  @Test
  void itAsksWhereTheServerListens() {
    assertThat(HealthCheck.url(Map.of())).isEqualTo("http://localhost:8080/health/live");
    assertThat(HealthCheck.url(Map.of(PORT, "81"))).isEqualTo("http://localhost:81/health/live");
    assertThat(HealthCheck.url(Map.of(PORT, ""))).isEqualTo("http://localhost:8080/health/live");
  }
}
