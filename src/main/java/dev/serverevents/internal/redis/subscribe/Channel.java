package dev.serverevents.internal.redis.subscribe;

import dev.serverevents.internal.hub.ChannelListener;
import org.jspecify.annotations.Nullable;

/**
 * A channel: whether it is wanted, and how far it is subscribed on a connection. What it was on one
 * connection means nothing on the next.
 */
final class Channel {

  /** How far a channel is subscribed on a connection. */
  private enum State {
    /** Nothing is subscribed, and Redis was asked for nothing. */
    NONE,
    /** SUBSCRIBE is the last command that was sent, and is not answered. */
    SUBSCRIBING,
    /** Redis has confirmed the subscription. */
    SUBSCRIBED,
    /** Redis may still have the subscription, but nobody can rely on it. */
    UNCERTAIN,
    /** UNSUBSCRIBE is the last command that was sent, and is not answered. */
    UNSUBSCRIBING
  }

  private final int slot;
  private final String name;
  private ChannelListener listener;
  private boolean wanted = true;
  private boolean alone;

  /** What the state is about; null before the first connection. */
  private @Nullable Object connection;

  private State state = State.NONE;

  /** Whether it is among those that the next commands may be for. */
  private boolean queued;

  /** The number of the last command that was sent for it. */
  private int lastCommand;

  // Its neighbours in the ring of its slot, which are itself where it is alone
  private Channel previous = this;
  private Channel next = this;

  /** Creates a channel that is wanted, and subscribed nowhere. */
  Channel(int slot, String name, ChannelListener listener) {
    this.slot = slot;
    this.name = name;
    this.listener = listener;
  }

  /** Comes into a ring behind one, or is a ring by itself; returns itself. */
  Channel follow(@Nullable Channel other) {
    if (other != null) {
      previous = other;
      next = other.next;
      next.previous = this;
      other.next = this;
    }
    return this;
  }

  /** Leaves its ring; returns the one before it there, or null if there is none left. */
  @Nullable Channel leave() {
    var before = previous;
    before.next = next;
    next.previous = before;
    previous = this;
    next = this;
    return before == this ? null : before;
  }

  /** The next one in its ring. */
  Channel next() {
    return next;
  }

  int slot() {
    return slot;
  }

  String name() {
    return name;
  }

  /** Whoever needs the channel, or needed it last. */
  ChannelListener listener() {
    return listener;
  }

  boolean isWanted() {
    return wanted;
  }

  /** Has it subscribed for a listener, and anew unless it certainly is. */
  void want(ChannelListener newListener) {
    listener = newListener;
    wanted = true;
    if (state == State.UNCERTAIN) {
      state = State.NONE;
    }
  }

  /** Nobody needs it any more. */
  void dismiss() {
    wanted = false;
  }

  /** Nobody needs it here any more: its slot is another master's, and its messages go there. */
  void release() {
    wanted = false;
    if (state == State.SUBSCRIBED) {
      state = State.UNCERTAIN;
    }
  }

  /** Whether it goes in a command of its own, since Redis has refused one that it was in. */
  boolean isAlone() {
    return alone;
  }

  /** Has it go in commands of its own from now on. */
  void isolate() {
    alone = true;
  }

  /** Nothing is subscribed on a connection that its state is not about yet. */
  void enter(Object newConnection) {
    if (connection != newConnection) {
      connection = newConnection;
      state = State.NONE;
      queued = false;
    }
  }

  /** Comes among those that the next commands may be for; returns whether it was not there. */
  boolean queue() {
    var wasQueued = queued;
    queued = true;
    return !wasQueued;
  }

  /** Is among them no more. */
  void unqueue() {
    queued = false;
  }

  /** Whether a connection brings all that is published on it from now on. */
  boolean isSubscribedOn(@Nullable Object some) {
    return connection == some && state == State.SUBSCRIBED;
  }

  /** Whether a connection has it subscribed, as far as is known, and no command may change that. */
  boolean isSettledOn(Object some) {
    return connection == some && (state == State.SUBSCRIBED || state == State.UNCERTAIN);
  }

  /** Whether Redis has to be told that it is wanted, or not wanted. */
  boolean needsCommand() {
    return wanted == (state == State.NONE || state == State.UNSUBSCRIBING);
  }

  /** Whether it can be forgotten: it is not wanted, and no answer is to come. */
  boolean isUnneeded() {
    return !wanted && state == State.NONE;
  }

  /** A command that subscribes or unsubscribes it has been sent. */
  void sent(boolean subscribe, int command) {
    state = subscribe ? State.SUBSCRIBING : State.UNSUBSCRIBING;
    lastCommand = command;
  }

  /** Whether a command is the last one that was sent for it, and is not answered. */
  boolean awaits(int command) {
    return lastCommand == command && (state == State.SUBSCRIBING || state == State.UNSUBSCRIBING);
  }

  /** Redis has done what the last command said. */
  void answered() {
    state = state == State.SUBSCRIBING ? State.SUBSCRIBED : State.NONE;
  }

  /** Redis has not done what the last command said. */
  void refused() {
    state = state == State.SUBSCRIBING ? State.NONE : State.UNCERTAIN;
  }

  /** Redis has ended the subscription by itself. */
  void lost() {
    state = State.NONE;
  }
}
