package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** User and password come from the URL, from settings of their own, or one from each. */
@OnlyOnRedis("It is about the settings that say where Redis is and who one is there.")
@ExtendWith(ServerExtension.class)
class RedisAddressTest {

  @Test
  @OwnRedis({"--requirepass", "other"})
  void userAndPasswordMayStandInDifferentPlaces(Server server) {
    server.redis().command("ACL", "SETUSER", "api", "on", ">p@ss/w:rd", "~*", "&*", "+@all");
    var at = "@127.0.0.1:" + server.redis().port();
    for (var settings :
        new JsonObject[] {
          redis("redis://api" + at).put("password", "p@ss/w:rd"),
          redis("redis://:p%40ss%2Fw:rd" + at).put("user", "api"),
          redis("redis://api:p%40ss%2Fw:rd" + at),
          redis("redis://" + at.substring(1)).put("user", "api").put("password", "p@ss/w:rd"),
          redis("redis://:other" + at).put("password", "not this one")
        }) {
      server.deploy(server.options().setRedis(new RedisServerOptions(settings)));
      assertThat(result(server.events().emit("a", 1))).isZero();
      server.undeploy();
    }
  }

  @Test
  @OwnRedis({"--requirepass", "a+b c"})
  void aPlusInAPasswordIsAPlus(Server server) {
    var url = "redis://:a+b%20c@127.0.0.1:" + server.redis().port();
    server.deploy(server.options().setConnectionString(url));
    assertThat(result(server.events().emit("a", 1))).isZero();
  }

  private static JsonObject redis(String url) {
    return new JsonObject().put("connectionString", url);
  }
}
