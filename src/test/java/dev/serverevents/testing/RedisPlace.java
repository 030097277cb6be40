package dev.serverevents.testing;

/**
 * Where a redis-server of the tests runs. The system property {@code redis.image} names an image,
 * for example redis:8 or valkey:8, and has all of them run in containers of it; {@code
 * redis.server} names an executable in the place of the embedded one.
 */
public enum RedisPlace {
  PROCESS,
  CONTAINER;

  /** Where those run that no test has in a container of itself. */
  static RedisPlace usual() {
    return RedisContainer.isNamed() ? CONTAINER : PROCESS;
  }
}
