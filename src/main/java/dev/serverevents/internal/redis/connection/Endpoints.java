package dev.serverevents.internal.redis.connection;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Servers that know the same, by URL: one after another is asked until one answers, who is the
 * first to be asked the next time. Used on the verticle's context only.
 */
public final class Endpoints {

  /** For how long one is asked before another is, in ms. */
  public static final long PATIENCE_MS = 1_000;

  private final Vertx vertx;
  private final Function<String, Future<RedisOptions>> options;
  private final List<String> configured;
  private final List<String> urls;

  /** Creates one; {@code options} makes those of a client from a URL. */
  public Endpoints(Vertx vertx, List<String> urls, Function<String, Future<RedisOptions>> options) {
    this.vertx = vertx;
    this.configured = List.copyOf(urls);
    this.urls = new ArrayList<>(urls);
    this.options = options;
  }

  /** Adds others that were heard of, and forgets those that are heard of no more. */
  public void know(Collection<String> others) {
    urls.removeIf(url -> !configured.contains(url) && !others.contains(url));
    others.stream().filter(other -> !urls.contains(other)).forEach(urls::add);
  }

  /** Asks; fails as the last that was asked did, if none answers. */
  public <T> Future<T> ask(BiFunction<String, RedisConnection, Future<T>> question) {
    return ask(List.copyOf(urls), 0, question);
  }

  private <T> Future<T> ask(
      List<String> all, int index, BiFunction<String, RedisConnection, Future<T>> question) {
    var url = all.get(index);
    return ask(url, question)
        .onSuccess(
            answer -> {
              urls.remove(url);
              urls.add(0, url);
            })
        .recover(
            cause ->
                index + 1 < all.size()
                    ? ask(all, index + 1, question)
                    : Future.failedFuture(cause));
  }

  private <T> Future<T> ask(String url, BiFunction<String, RedisConnection, Future<T>> question) {
    return options
        .apply(url)
        .compose(
            with -> {
              var client = Redis.createClient(vertx, with);
              return client
                  .connect()
                  .compose(connection -> question.apply(url, connection))
                  .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                  .eventually(client::close);
            });
  }
}
