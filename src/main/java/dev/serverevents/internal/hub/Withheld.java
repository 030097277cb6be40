package dev.serverevents.internal.hub;

import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Notices;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Events of streams whose owner does not keep up: the newest of each is kept until it does, and the
 * others are left out. Redis cannot be held back, and what is queued must be bounded. Used on the
 * verticle's context only.
 */
final class Withheld {

  private record Newest(Payload payload, boolean isOnly) {}

  private final Context context;
  private final Map<Mailbox<Notice>, Map<Subscriber, Newest>> owners = new HashMap<>();

  Withheld(Context context) {
    this.context = context;
  }

  /** Takes an event, if its subscriber cannot be notified of it now. */
  boolean takes(Subscriber subscriber, Payload payload) {
    var owner = subscriber.notices();
    var events = owners.get(owner);
    if (!subscriber.isLossy()
        || !(owner.isBehind() || (events != null && events.containsKey(subscriber)))) {
      return false;
    }
    if (events == null) {
      events = new LinkedHashMap<>();
      owners.put(owner, events);
      owner.whenCaughtUp(() -> context.runOnContext(caughtUp -> release(owner)));
    }
    events.put(subscriber, new Newest(payload, !events.containsKey(subscriber)));
    return true;
  }

  /** Notifies a subscriber of what is withheld, since what comes next must come behind it. */
  void release(Subscriber subscriber) {
    var events = owners.get(subscriber.notices());
    var newest = events == null ? null : events.remove(subscriber);
    if (newest != null) {
      notify(subscriber, newest);
    }
  }

  private void release(Mailbox<Notice> owner) {
    var events = owners.remove(owner);
    if (events != null) {
      events.forEach(Withheld::notify);
    }
  }

  private static void notify(Subscriber subscriber, Newest newest) {
    if (!newest.isOnly) {
      subscriber.notices().add(new Notices.Missed(subscriber));
    }
    subscriber.notices().add(new Notices.Arrived(subscriber, newest.payload));
  }
}
