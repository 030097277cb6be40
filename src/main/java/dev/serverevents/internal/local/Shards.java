package dev.serverevents.internal.local;

/**
 * The Redis servers over which the channels of a verticle are spread, as far as they are up. It
 * does not change: where the servers do, there is another one. Any thread may use it.
 */
public interface Shards {

  /** One server that has all channels, or any of them. */
  Shards ONE =
      new Shards() {
        @Override
        public int count() {
          return 1;
        }

        @Override
        public int of(String channel) {
          return 0;
        }
      };

  /** How many there are, at least 1. */
  int count();

  /** The one that has a channel, from 0 to {@link #count()} - 1; or -1 if that is not up. */
  int of(String channel);
}
