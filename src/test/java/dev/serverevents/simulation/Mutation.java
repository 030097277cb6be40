package dev.serverevents.simulation;

/** A fault to seed: one text in a file of the library, and what takes its place. */
enum Mutation {
  THE_HUB_FORGETS_WHO_SHARES_A_CHANNEL(
      "hub/Audience",
      "return !subscriber.isLasting() && subscriber.takes(payload.key());",
      "return !subscriber.isLasting();"),

  A_WAIT_IS_NOT_SETTLED_WHEN_ITS_TIME_IS_OVER(
      "client/PendingWaits", "PendingWait::settle", "wait -> wait.end(wait.timedOut())"),

  A_RETAINED_WAIT_IS_NOT_LOOKED_UP_AFTER_A_RECONNECT(
      "client/PendingWait",
      "if (kept == null) {\n      subscribed(epoch);",
      "if (kept == null || wasHeard()) {\n      subscribed(epoch);"),

  AN_INBOX_IS_USED_TWICE_FOR_AN_ID(
      "client/Inbox", "if (retired || used.get(bit)) {", "if (retired || waits.containsKey(id)) {"),

  A_CHANNEL_WITHOUT_SUBSCRIBERS_STAYS_SUBSCRIBED(
      "hub/Hub", "broker.unsubscribe(audience.channel());", ""),

  CLAIMS_THAT_WERE_MISSED_ARE_NOT_ASKED_FOR(
      "client/Workers", "tell(inbox, alive.who(), new Signal.Reclaim(inbox.channel()));", ""),

  A_STREAM_FORGETS_THAT_IT_WAS_NOT_HEARD(
      "client/EventPart", "if (unbroken == 0 || retained) {", "if (now != unbroken) {"),

  A_WAIT_THAT_HAS_ENDED_COUNTS_AS_PENDING(
      "client/PendingWaits", "wait.verticle().pending().leave();", ""),

  A_REQUEST_WITHOUT_ITS_INBOX_DOES_NOT_LEAVE(
      "client/PendingRequest",
      "inboxEnded(Throwable cause) {\n    end(cause);",
      "inboxEnded(Throwable cause) {\n    ended(cause);");

  /** The path of the file among the internal packages, without {@code .java}. */
  final String file;

  final String original;
  final String replacement;

  Mutation(String file, String original, String replacement) {
    this.file = file;
    this.original = original;
    this.replacement = replacement;
  }
}
