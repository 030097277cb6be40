package dev.serverevents.internal.local;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of one Vert.x that their readers have not taken, and which readers have too many of
 * them. A reader is a stream, with what is queued for it, or a connection, with what is written to
 * it and has not left.
 *
 * <p>As long as all readers together have less than the limit ({@code limits.unread}), each may
 * have as much as it likes. From then on no reader may have more than an equal share of the limit,
 * so that the readers furthest behind give way first, and those that keep up notice nothing.
 */
public final class Unread implements Shareable {

  private static final String KEY = "unread";

  private final Deployments deployments;
  private final AtomicLong bytes = new AtomicLong();

  /** How many readers have unread bytes. */
  private final AtomicInteger readers = new AtomicInteger();

  private Unread(Vertx vertx) {
    deployments = new Deployments(vertx);
  }

  /** The unread bytes of a Vert.x. */
  public static Unread of(Vertx vertx) {
    LocalMap<String, Unread> shared = vertx.sharedData().getLocalMap("server-events.unread");
    return shared.computeIfAbsent(KEY, key -> new Unread(vertx));
  }

  /** How many bytes all readers together have not taken. */
  public long bytes() {
    return bytes.get();
  }

  /** A new reader, which has taken all. */
  public Reader reader() {
    return new Reader();
  }

  private long limit() {
    return deployments.options().getLimits().getUnread();
  }

  /** One of the readers. It is used on one context. */
  public final class Reader {

    private long own;

    private Reader() {}

    /** How many bytes the reader has not taken. */
    public long bytes() {
      return own;
    }

    /** Adds bytes that are there for the reader. */
    public void add(long size) {
      change(size);
    }

    /** Removes bytes that the reader has taken, or will never take. */
    public void remove(long size) {
      change(-size);
    }

    /** Whether the reader must have fewer, since all readers together have too many. */
    public boolean hasTooMany() {
      var limit = limit();
      return bytes.get() > limit && own > limit / Math.max(1, readers.get());
    }

    private void change(long size) {
      var before = own;
      own += size;
      bytes.addAndGet(size);
      if (before == 0 && own > 0) {
        readers.incrementAndGet();
      } else if (before > 0 && own == 0) {
        readers.decrementAndGet();
      }
    }
  }
}
