package dev.serverevents;

/** The two Redis connections of a verticle, by the names that the Node package gave them. */
public enum Store {
  /** The connection that publishes. */
  INPUT_STORE,
  /** The connection that subscribes. */
  OUTPUT_STORE
}
