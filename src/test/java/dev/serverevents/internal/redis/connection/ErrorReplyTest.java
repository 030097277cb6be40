package dev.serverevents.internal.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.redis.connection.ErrorReply.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorReplyTest {

  private static void assertLeads(String error, Kind kind, int slot, String host, int port) {
    var reply = ErrorReply.of(error);
    assertThat(reply.kind()).isEqualTo(kind);
    assertThat(reply.slot()).isEqualTo(slot);
    assertThat(reply.host()).isEqualTo(host);
    assertThat(reply.port()).isEqualTo(port);
    assertThat(reply.getMessage()).isEqualTo(error);
  }

  @Test
  void whereANodeSendsToIsRead() {
    assertLeads("MOVED 866 10.0.0.1:7001", Kind.MOVED, 866, "10.0.0.1", 7001);
    assertLeads("ASK 0 ::1:7001", Kind.ASK, 0, "::1", 7001);
    assertLeads(
        "MOVED 16383 node-1.example.com:7001", Kind.MOVED, 16383, "node-1.example.com", 7001);
    assertLeads("MOVED 1 :7001", Kind.MOVED, 1, "", 7001);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        "CLUSTERDOWN The cluster is down",
        "LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "NOREPLICAS Not enough good replicas to write.",
        "TRYAGAIN Multiple keys request during rehashing of slot"
      })
  void whatPassesByItselfIsToldFromWhatDoesNot(String error) {
    assertThat(ErrorReply.of(error).kind()).isEqualTo(Kind.PASSING);
  }

  @Test
  void aReplicaThatIsWrittenToSaysSo() {
    assertThat(ErrorReply.of("READONLY You can't write against a read only replica.").kind())
        .isEqualTo(Kind.READ_ONLY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MOVED",
        "MOVED 16384 a:1",
        "MOVED x a:1",
        "MOVED -1 a:1",
        "MOVED 1 a",
        "moved 1 a:1",
        "ERR MOVED 1 a:1",
        "NOPERM this user has no permissions",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "CLUSTERDOWNS"
      })
  void anythingElseIsARefusal(String error) {
    assertThat(ErrorReply.of(error).kind()).isEqualTo(Kind.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "NOPERM no Exception is made,NOPERM",
    "ERR unknown command,ERR",
    "unknown command,ERR",
    "x,ERR"
  })
  void theFirstWordIsTheCode(String error, String code) {
    assertThat(ErrorReply.of(error).code()).isEqualTo(code);
  }
}
