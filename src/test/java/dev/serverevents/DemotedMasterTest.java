package dev.serverevents;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import dev.serverevents.testing.Figures;
import dev.serverevents.testing.OnlyOnRedis;
import dev.serverevents.testing.OwnRedis;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TcpProxy;
import dev.serverevents.testing.TestRedis;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One stable name leads to whichever Redis is the master; a proxy stands for the name. */
@OnlyOnRedis("It is about a Redis that becomes a replica.")
@ExtendWith(ServerExtension.class)
class DemotedMasterTest {

  private static final EmitOptions RETAIN = EmitOptions.retain(Duration.ofMinutes(1));

  private static void failOver(TestRedis master, TestRedis replica) {
    Await.until(() -> master.command("INFO", "replication").toString().contains("state=online"));
    master.command("FAILOVER", "TO", "127.0.0.1", replica.port());
    Await.until(() -> replica.command("ROLE").get(0).toString().equals("master"));
    Await.until(() -> master.command("ROLE").get(0).toString().equals("slave"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+role", "-role"})
  @OwnRedis
  void aServerThatIsTheMasterNoMoreIsLeftThoughItsConnectionsStayOpen(String role, Server server) {
    var old = server.redis();
    try (var replica = TestRedis.start("--replicaof", "127.0.0.1", String.valueOf(old.port()));
        var name = TcpProxy.before(old)) {
      old.command("ACL", "SETUSER", "api", "on", "nopass", "~*", "&*", "+@all", role);
      replica.command("ACL", "SETUSER", "api", "on", "nopass", "~*", "&*", "+@all", role);
      server.deploy(
          server.options().setConnectionString("redis://api:any@127.0.0.1:" + name.port()));
      var events = server.events();
      var wait = events.listen("moved", 1, 60_000);
      result(wait.subscribed());
      failOver(old, replica);
      name.leadTo(replica);
      var began = System.nanoTime();
      if (role.equals("-role")) {
        events.emit(RETAIN, "tells", 1); // READONLY tells
      }
      Await.until(() -> isHeardAt(replica, "moved:1") && events.isReady());
      Figures.print("left a demoted master after %d ms".formatted(Figures.msSince(began)));
      assertThat(result(events.emit("moved", 1, "plain"))).isEqualTo(1);
      assertThat(result(wait.future()).get(0)).isEqualTo("plain");
      assertThat(result(events.emit(RETAIN, "kept", 1))).isZero();
      server.undeploy();
      Await.until(() -> old.connections().stream().noneMatch(line -> line.contains("user=api")));
      old.command("REPLICAOF", "NO", "ONE");
    }
  }

  private static boolean isHeardAt(TestRedis redis, String channel) {
    return redis.command("PUBSUB", "NUMSUB", channel).get(1).toInteger() > 0;
  }
}
