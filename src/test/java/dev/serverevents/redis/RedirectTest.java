package dev.serverevents.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.redis.Redirect.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

  @Test
  void whatNodesSayIsRead() {
    assertThat(Redirect.of("MOVED 866 10.0.0.1:7001"))
        .isEqualTo(new Redirect(Kind.MOVED, 866, "10.0.0.1", 7001));
    assertThat(Redirect.of("ASK 0 ::1:7001")).isEqualTo(new Redirect(Kind.ASK, 0, "::1", 7001));
    assertThat(Redirect.of("MOVED 16383 node-1.example.com:7001"))
        .isEqualTo(new Redirect(Kind.MOVED, 16383, "node-1.example.com", 7001));
    assertThat(Redirect.of("MOVED 1 :7001")).isEqualTo(new Redirect(Kind.MOVED, 1, "", 7001));
    assertThat(Redirect.of("CLUSTERDOWN The cluster is down"))
        .isEqualTo(new Redirect(Kind.LATER, -1, "", 0));
    assertThat(Redirect.of("TRYAGAIN Multiple keys request during rehashing of slot"))
        .isEqualTo(new Redirect(Kind.LATER, -1, "", 0));
  }

  @ParameterizedTest
  @NullSource
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
        "CLUSTERDOWNS"
      })
  void whatIsNoneIsNone(String error) {
    assertThat(Redirect.of(error)).isNull();
  }
}
