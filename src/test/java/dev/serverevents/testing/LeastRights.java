package dev.serverevents.testing;

import java.util.List;

/** The rules of Redis users who may do no more than they must, as the README has them. */
public final class LeastRights {

  /** Of an API server, for events "orders". */
  public static final List<String> API =
      rules(
          "on >api -@all +ping +hello +publish +subscribe +unsubscribe +get"
              + " ~$retained:{orders* &orders* &$progress:orders* &$inbox:*");

  /** Of a worker that only emits them. */
  public static final List<String> WORKER =
      rules(
          "on >worker -@all +ping +hello +publish +multi +exec +set +get +eval"
              + " ~$retained:{orders* ~$idempotency:{orders*"
              + " &orders* &$progress:orders* &$inbox:*");

  /** What both need where Redis is a cluster. */
  public static final List<String> IN_CLUSTER = rules("+cluster|info +cluster|slots +asking");

  /** What an API server needs where its Pub/Sub is sharded. */
  public static final List<String> SHARDED = rules("+spublish +ssubscribe +sunsubscribe");

  private LeastRights() {}

  private static List<String> rules(String line) {
    return List.of(line.split(" "));
  }
}
