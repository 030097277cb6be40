package dev.serverevents.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people see of all servers, and of one event. */
class TablesTest {

  private static final Terminal NONE = new Terminal(Map.of("NO_COLOR", "1"));

  private static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  @Test
  void columnsAreAsWideAsNeedBe() {
    var table = new Table("A", "LONG", "C").row("first", 1, null).row("x", "y", "z");
    assertThat(table.head() + table.body()).isEqualTo("A      LONG  C\nfirst  1\nx      y     z");
  }

  @Test
  void anOverviewHasATableForEachKindThatThereIs() {
    var overview =
        json(
            "{'servers': [{'server': 's1', 'host': 'api', 'version': '1.0', 'up_ms': 7200000,"
                + " 'redis': 'connected', 'pending': 3, 'streams': 1, 'heap_bytes': 64000000,"
                + " 'loop_delay_ms': 1, 'draining': true}],"
                + " 'names': [{'name': 'orders.priced', 'pending': 3, 'oldest_ms': 1500,"
                + " 'streams': 1, 'outcomes': {'event': 7, 'no-event': 0, 'failure': 2},"
                + " 'result_ms': {'p50': 4, 'p99': 20}, 'per_second': 2}],"
                + " 'workers': [{'worker': 'w1', 'name': 'orders.priced', 'last_seen_ms': 200,"
                + " 'claimed': [{'id': '7', 'for_ms': 61000}]}],"
                + " 'limits': [], 'missing': 0}");
    assertThat(ServersCommand.text(overview, NONE))
        .isEqualTo(
            """
            SERVER  HOST  VERSION  UP  REDIS                PENDING  STREAMS  HEAP MB  LOOP MS
            s1      api   1.0      2h  connected, draining  3        1        64       1

            NAME           PENDING  OLDEST  STREAMS  PER S  P50 MS  P99 MS  OUTCOMES
            orders.priced  3        1s      1        2      4       20      7 event, 2 failure

            WORKER  NAME           LAST SEEN  CLAIMED
            w1      orders.priced  200ms      7 for 1m""");
  }

  @Test
  void anExplanationHasTheCauseAndALineForEachStep() {
    var explanation =
        json(
            "{'name': 'orders.priced', 'id': '7', 'cause': 'never-claimed',"
                + " 'says': 'No worker took the job', 'timeline': ["
                + "{'at': 1000, 'server': 's1', 'what': 'waiting'},"
                + "{'at': 1250, 'server': 's1', 'what': 'handed-over', 'detail': 'to the list'}]}");
    assertThat(ExplainCommand.text(explanation, NONE, ZoneOffset.UTC))
        .isEqualTo(
            """
            never-claimed: No worker took the job
            TIME          AFTER   SERVER  WHAT
            00:00:01.000  0 ms    s1      waiting
            00:00:01.250  250 ms  s1      handed-over  to the list""");
  }

  @Test
  void anEventOfWhichNothingIsKnownHasNoTable() {
    var explanation = json("{'cause': 'unknown', 'says': 'Nobody knows of it', 'timeline': []}");
    assertThat(ExplainCommand.text(explanation, NONE, ZoneOffset.UTC))
        .isEqualTo("unknown: Nobody knows of it");
  }
}
