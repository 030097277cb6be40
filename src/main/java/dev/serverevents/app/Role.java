package dev.serverevents.app;

/** What a runnable server does. */
enum Role {
  /** It serves HTTP. */
  API,
  /** Its HTTP side has the demo's route as well. */
  DEMO,
  /** It does the demo's jobs. */
  WORKER
}
