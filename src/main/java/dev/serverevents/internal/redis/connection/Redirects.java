package dev.serverevents.internal.redis.connection;

/** Learns from the errors of Redis where something has to go. */
public interface Redirects {

  /** Learns from an error who serves a slot: when this returns, it is so. */
  void learn(ErrorReply error);

  /** Learns the same, and leaves a server that turns out not to be the master. */
  void learn(ErrorReply error, ReconnectingConnection from);
}
