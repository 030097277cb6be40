package dev.serverevents.app.conformance;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the cases use: an adapter, and both of its other sides. */
final class Rig implements AutoCloseable {

  private final List<String> command;
  private final long limit;
  private final RedisUnderTest redis;
  private final Vertx vertx = Vertx.vertx();
  private @Nullable Adapter adapter;
  private @Nullable Peer peer;
  private @Nullable String deployment;
  private int names;

  /**
   * Starts nothing yet.
   *
   * @param limit how long an answer may take, in ms
   */
  Rig(List<String> command, long limit, RedisUnderTest redis) {
    this.command = command;
    this.limit = limit;
    this.redis = redis;
  }

  /** The adapter; a new one where the last one is of no more use. */
  Adapter adapter() {
    var present = adapter;
    if (present == null || !present.isUsable()) {
      present = Adapter.start(command, redis.url(), limit);
      adapter = present;
    }
    return present;
  }

  /** A peer that knows the protocol by heart. */
  Peer peer() {
    var present = peer;
    if (present == null) {
      present = new Peer(vertx, redis.url());
      peer = present;
    }
    return present;
  }

  /** Our own server on the other side. */
  ServerEvents server() {
    if (deployment == null) {
      var options = new ServerEventsOptions().setConnectionString(redis.url());
      deployment = Peer.await(vertx.deployVerticle(new ServerEventsVerticle(options)));
    }
    return ServerEvents.create(vertx);
  }

  /** Sees what Redis runs from now on. */
  Monitor monitor() throws IOException {
    return new Monitor(redis.url());
  }

  /** A name that no case had before. */
  String name() {
    return "conformance." + ++names;
  }

  /** Begins a wait, and returns when Redis has confirmed it. */
  Call wait(String name, Object id, long timeout) {
    return adapter().begin("on", key(name, id).put("timeout", timeout)).subscribed();
  }

  /** A wait with time enough. */
  Call wait(String name, Object id) {
    return wait(name, id, limit);
  }

  static JsonObject key(Object name, Object id) {
    return new JsonObject().put("name", name).put("id", id);
  }

  /** Has the adapter do something with an event, and returns how many have received it. */
  Object receivers(String operation, JsonObject in) {
    return adapter().call(operation, in).getValue("receivers");
  }

  /** Starts Redis again, without what it had; the peer has a new connection. */
  void restartRedis() throws IOException {
    forgetPeer();
    redis.restart();
  }

  private void forgetPeer() {
    var old = peer;
    peer = null;
    if (old != null) {
      old.close();
    }
  }

  /** Ends what a case has begun. */
  void clear() {
    forgetPeer();
    var old = deployment;
    deployment = null;
    if (old != null) {
      Peer.await(vertx.undeploy(old));
    }
  }

  /** Whether the adapter that the last case used can be asked for more. */
  boolean isAdapterUsable() {
    var last = adapter;
    return last != null && last.isUsable();
  }

  /** Ends the adapter, so that the next case has another one. */
  void replaceAdapter() {
    var old = adapter;
    adapter = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void close() {
    replaceAdapter();
    clear();
    Peer.await(vertx.close());
  }
}
