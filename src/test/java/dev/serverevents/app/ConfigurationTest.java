package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.InvalidInputException;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

  @Test
  void theFileThatComesWithItSaysTheDefaults() throws IOException {
    var file = new JsonObject(Files.readString(Path.of("conf", "server.json")));
    var configuration = Configuration.of(file, Map.of());
    var defaults = Configuration.of(new JsonObject(), Map.of());
    var redis = "redis://localhost:6379/0";
    assertThat(configuration.events().toJson())
        .isEqualTo(new ServerEventsOptions().setConnectionString(redis).toJson());
    assertThat(configuration.httpHost()).isEqualTo(defaults.httpHost());
    assertThat(configuration.httpPort()).isEqualTo(defaults.httpPort()).isEqualTo(8080);
    assertThat(configuration.routes().getMaxWait())
        .isEqualTo(defaults.routes().getMaxWait())
        .isEqualTo(60_000);
    assertThat(configuration.routes().getMaxBody()).isEqualTo(defaults.routes().getMaxBody());
    assertThat(configuration.roles()).isEqualTo(defaults.roles());
    assertThat(configuration.embeddedRedis()).isFalse();
    assertThat(defaults.embeddedRedis()).isTrue();
  }

  @Test
  void everySettingIsAlsoHadFromTheEnvironment() {
    var environment = new HashMap<String, String>();
    Configuration.ENVIRONMENT.keySet().forEach(name -> environment.put(name, "500"));
    environment.put("SERVER_EVENTS_LIMITS_PAYLOAD_IN", "2000");
    environment.put("SERVER_EVENTS_LIMITS_PAYLOAD_OUT", "2000");
    environment.put("SERVER_EVENTS_REDIS", "redis://elsewhere");
    environment.put("SERVER_EVENTS_ROLES", "worker");
    var configuration = Configuration.of(new JsonObject().put("timeout", 1), environment);
    var settings = configuration.events().toJson();
    assertThat(settings.getJsonObject("redis").remove("connectionString"))
        .isEqualTo("redis://elsewhere");
    assertThat(settings.getJsonObject("redis").remove("host")).isEqualTo("500");
    var limits = (JsonObject) settings.remove("limits");
    assertThat(limits.remove("payloadIn")).isEqualTo(2000);
    assertThat(limits.remove("payloadOut")).isEqualTo(2000);
    var redis = (JsonObject) settings.remove("redis");
    for (var section : new JsonObject[] {limits, redis, settings}) {
      section.fieldNames().forEach(field -> assertThat(section.getLong(field)).isEqualTo(500));
    }
    assertThat(configuration.httpHost()).isEqualTo("500");
    assertThat(configuration.httpPort()).isEqualTo(500);
    assertThat(configuration.routes().getMaxWait()).isEqualTo(500);
    assertThat(configuration.routes().getMaxBody()).isEqualTo(500);
    assertThat(configuration.roles()).isEqualTo(Set.of("worker"));
  }

  @Test
  void aRoleThatIsNoneIsNamed() {
    assertThatThrownBy(
            () -> Configuration.of(new JsonObject(), Map.of("SERVER_EVENTS_ROLES", "api,boss")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("roles is \"[\"api\",\"boss\"]\": it must be of \"api\" and \"worker\"");
  }
}
