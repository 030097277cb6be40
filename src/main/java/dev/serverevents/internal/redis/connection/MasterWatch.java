package dev.serverevents.internal.redis.connection;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a server that is the master no more and has not closed the connections itself: it is asked
 * for its role, and where there are Sentinels these are asked who the master is. Used on the
 * verticle's context only.
 */
public final class MasterWatch {

  /** Where the connections are. */
  public interface Owner {
    /** All connections. */
    Stream<ReconnectingConnection> connections();

    /** The connection that subscribes, which can be asked nothing; null if there is none. */
    @Nullable ReconnectingConnection listening();
  }

  private static final Logger LOG = LoggerFactory.getLogger(MasterWatch.class);

  /** How often the role is asked for, unless heartbeats are more frequent, in ms. */
  private static final long ROLE_MS = 1_000;

  private final Vertx vertx;
  private final Owner owner;
  private final MasterFinder master;
  private long roleTimer = -1;
  private long masterTimer = -1;

  /** Does not watch yet. */
  public MasterWatch(Vertx vertx, Owner owner, MasterFinder master) {
    this.vertx = vertx;
    this.owner = owner;
    this.master = master;
  }

  /**
   * Begins to ask the server for its role, and the Sentinels, at each heartbeat, for the master.
   */
  public void start(long heartbeatMs) {
    roleTimer = vertx.setPeriodic(Math.min(ROLE_MS, heartbeatMs), timer -> askRole());
    if (master.mayChange()) {
      masterTimer = vertx.setPeriodic(heartbeatMs, timer -> askSentinels());
    }
  }

  /** Asks no more. */
  public void stop() {
    vertx.cancelTimer(roleTimer);
    vertx.cancelTimer(masterTimer);
  }

  /** Leaves all servers but the one at a URL, or all where it is null. */
  public void leave(@Nullable String exceptUrl) {
    owner
        .connections()
        .filter(
            connection -> connection.isUp() && !String.valueOf(connection.url()).equals(exceptUrl))
        .toList()
        .forEach(connection -> connection.drop(new IOException("it is the master no more")));
  }

  private void askRole() {
    owner
        .connections()
        .filter(connection -> connection.isUp() && connection != owner.listening())
        .findFirst()
        .ifPresent(this::askRole);
  }

  private void askRole(ReconnectingConnection connection) {
    connection
        .send(Request.cmd(Command.ROLE))
        .onSuccess(
            role -> {
              if (role != null && !Connector.isMaster(role)) {
                leave(null);
              }
            })
        .onFailure(
            cause -> {
              if (cause instanceof ErrorReply error && error.kind() == ErrorReply.Kind.REFUSED) {
                LOG.info(
                    "May not ask for the server's role, and rely on READONLY: {}", error.code());
                vertx.cancelTimer(roleTimer);
              }
            });
  }

  private void askSentinels() {
    master.find().onSuccess(this::leave);
  }
}
