package dev.serverevents.internal.memory;

import dev.serverevents.internal.hub.ChannelListener;

/** A channel: whether it is wanted, and how far it is subscribed on the present connection. */
final class Heard {

  private enum State {
    NONE,
    SUBSCRIBING,
    SUBSCRIBED,
    UNSUBSCRIBING
  }

  /** A command about it. */
  record Change(Heard channel, boolean subscribes, int number) {}

  private final String name;
  private ChannelListener listener;
  private boolean isWanted = true;
  private State state = State.NONE;
  private int last;

  Heard(String name, ChannelListener listener) {
    this.name = name;
    this.listener = listener;
  }

  String name() {
    return name;
  }

  ChannelListener listener() {
    return listener;
  }

  boolean isWanted() {
    return isWanted;
  }

  boolean isSubscribed() {
    return state == State.SUBSCRIBED;
  }

  /** Whether it can be forgotten: it is not wanted, and no answer is to come. */
  boolean isUnneeded() {
    return !isWanted && state == State.NONE;
  }

  void want(ChannelListener newListener) {
    listener = newListener;
    isWanted = true;
  }

  void dismiss() {
    isWanted = false;
  }

  /** Nothing is subscribed, as the connection is a new one, or gone. */
  void lost() {
    state = State.NONE;
    last++;
  }

  /** Whether the memory has to be told that it is wanted, or not wanted. */
  boolean needsCommand() {
    return isWanted == (state == State.NONE || state == State.UNSUBSCRIBING);
  }

  /** The command that it needs, which is sent now. */
  Change command() {
    state = isWanted ? State.SUBSCRIBING : State.UNSUBSCRIBING;
    return new Change(this, isWanted, ++last);
  }

  /** A command has been answered; tells whether it was the last one. */
  boolean answered(Change change) {
    if (change.number != last) {
      return false;
    }
    state = change.subscribes ? State.SUBSCRIBED : State.NONE;
    return true;
  }
}
