package dev.serverevents.internal.redis.publish;

import dev.serverevents.Cause;
import dev.serverevents.internal.redis.connection.ErrorReply;
import dev.serverevents.internal.redis.connection.ReconnectingConnection;
import dev.serverevents.internal.redis.connection.Resources;
import dev.serverevents.internal.redis.connection.Routes;

/**
 * Gives each publication to the master that it belongs to, and does what Redis says where that
 * refuses it. Used on the verticle's context only.
 */
public final class Dispatcher implements PublishQueue.Owner {

  /** A Redis server that is published to. */
  public interface Server {
    /** Whether its connection that publishes is up. */
    boolean isInputUp();

    /** Publishes an event, and keeps it, on the connection for what it is. */
    void publish(Publication publication);

    /** Forgets what ended before it was sent. */
    void purge();
  }

  private static final String FUNCTION_MISSING =
      "Not emitted: an administrator has to load the Redis Function for idempotency keys"
          + " (emit-once.lua), since this user may not: ";

  private final Resources resources;
  private final Routes<? extends Server> routes;
  private final EmitFunction function = new EmitFunction();

  public Dispatcher(Resources resources, Routes<? extends Server> routes) {
    this.resources = resources;
    this.routes = routes;
  }

  @Override
  public void route(Publication publication) {
    if (publication.hasEnded()) {
      return;
    }
    Server server = routes.master(publication.steps()::slot);
    if (!server.isInputUp() && publication.steps().isForAnyNode()) {
      server =
          routes.masters().stream()
              .<Server>map(other -> other)
              .filter(Server::isInputUp)
              .findFirst()
              .orElse(server);
    }
    server.publish(publication);
  }

  /** Forgets all that ended before it was sent. */
  void purge() {
    routes.masters().forEach(Server::purge);
  }

  @Override
  public void refused(Publication publication, ErrorReply error, ReconnectingConnection from) {
    if (error.kind() == ErrorReply.Kind.NO_FUNCTION) {
      load(publication, from);
      return;
    }
    routes.learn(error, from);
    if (error.kind() == ErrorReply.Kind.REFUSED) {
      publication.fail(Cause.REDIS_REFUSED, "Redis refused the emit: " + error.getMessage());
      return;
    }
    if (publication.hasEnded()) {
      return;
    }
    if (error.kind() == ErrorReply.Kind.ASK
        && publication.leavesKey()
        && publication.steps().idempotent() == null) {
      publication.steps().ask();
      routes.askedFor(error).publish(publication);
      return;
    }
    var often = publication.refused(error) % Routes.MAX_REDIRECTS == 0;
    if (error.kind() == ErrorReply.Kind.MOVED && !often) {
      route(publication);
    } else {
      retry(publication);
    }
  }

  private void retry(Publication publication) {
    resources.retry(() -> route(publication));
  }

  private void load(Publication publication, ReconnectingConnection from) {
    publication.beginAnew();
    function
        .load(from)
        .onSuccess(loaded -> route(publication))
        .onFailure(
            cause -> {
              if (cause instanceof ErrorReply error) {
                notLoaded(publication, error, from);
              } else {
                retry(publication);
              }
            });
  }

  private void notLoaded(Publication publication, ErrorReply error, ReconnectingConnection from) {
    routes.learn(error, from);
    if (error.kind() == ErrorReply.Kind.REFUSED) {
      publication.fail(Cause.REDIS_REFUSED, FUNCTION_MISSING + error.getMessage());
    } else {
      retry(publication);
    }
  }
}
