package dev.serverevents.web;

import dev.serverevents.EventStream;
import dev.serverevents.EventTimeoutException;
import dev.serverevents.ServerEvents;
import dev.serverevents.StreamEvent;
import dev.serverevents.StreamEvent.Gap;
import dev.serverevents.internal.Ending;
import dev.serverevents.internal.Fields;
import dev.serverevents.internal.json.JsonMessages;
import dev.serverevents.internal.loop.Chores;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.web.Quotas.Permit;
import dev.serverevents.web.Usage.Kind;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * A stream as Server-Sent Events (the EventSource interface of the HTML Standard): {@code progress}
 * and {@code result} with the JSON array of arguments, {@code failure}, {@code timeout} and {@code
 * gap} with a JSON object. Each but a gap has an {@code id}, which a client that comes back sends
 * as {@code Last-Event-ID}. Such a client is told of a gap, unless it saw the retained result last.
 */
final class SseStream {

  private static final String PROGRESS = "progress-";
  private static final String TIMEOUT = Ending.TIMEOUT;

  /** A comment, which readers ignore. */
  static final String HEARTBEAT = ":\n\n";

  private final RoutingContext ctx;
  private final HttpServerResponse response;
  private final Vertx vertx;
  private final EventStream stream;
  private final Outgoing outgoing;
  private final @Nullable String lastSeen;
  private final Permit permit;
  private final SseFrames frames;
  private long timer = -1;
  private long progressed;
  private boolean first = true;

  private SseStream(
      RoutingContext ctx,
      EventStream stream,
      @Nullable String lastSeen,
      Permit permit,
      SseFrames frames) {
    this.ctx = ctx;
    this.response = ctx.response();
    this.vertx = ctx.vertx();
    this.stream = stream;
    outgoing = new Outgoing(vertx, this::isWriting, stream::resume);
    this.lastSeen = lastSeen;
    this.permit = permit;
    this.frames = frames;
  }

  /**
   * Tells whether what a client has seen last was the end. Such a client gets 204, on which an
   * EventSource stops; by itself it cannot tell the end from a broken connection.
   */
  private static boolean isEnd(String lastSeen) {
    return lastSeen.equals(TIMEOUT)
        || lastSeen.startsWith("result-")
        || lastSeen.startsWith("failure-");
  }

  /** Answers with a stream once it is heard, or with a problem if it fails before. */
  static void answer(
      RoutingContext ctx, ServerEvents events, Quotas quotas, SseFrames frames, long heartbeat) {
    var lastSeen = ctx.request().getHeader("Last-Event-ID");
    var follow = Fields.flag("follow", Requests.parameter(ctx, "follow"));
    if (lastSeen != null && !follow && isEnd(lastSeen)) {
      ctx.response().setStatusCode(HttpResponseStatus.NO_CONTENT.code()).end();
      return;
    }
    var message =
        new JsonObject()
            .put("name", ctx.pathParam("name"))
            .put("id", ctx.pathParam("id"))
            .put("timeout", Requests.parameter(ctx, "timeout"))
            .put("retained", lastSeen == null ? Requests.parameter(ctx, "retained") : "true")
            .put("follow", follow)
            .put("requireWorker", Requests.parameter(ctx, "requireWorker"));
    quotas
        .client(ctx)
        .begin(
            Kind.STREAMS,
            permit ->
                new SseStream(ctx, JsonMessages.stream(events, message), lastSeen, permit, frames))
        .start(heartbeat);
  }

  private void start(long heartbeat) {
    timer = Clocks.of(vertx).setPeriodic(vertx.getOrCreateContext(), heartbeat, t -> beat());
    // A stream that has failed already tells so at once
    stream.pause().handler(this::forward).endHandler(end -> end()).exceptionHandler(this::failed);
    Requests.whenGone(ctx, this::close);
    // What the look-up found is there one turn later
    stream.subscribed().onSuccess(heard -> vertx.runOnContext(turn -> heard()));
    stream.subscribed().onFailure(cause -> stream.resume());
  }

  private boolean isOver() {
    return response.closed() || response.ended();
  }

  /**
   * One event at a time is written to a client that does not read. The others wait in the stream,
   * which can let go of many thousands at once, and shares each with the other readers.
   */
  private boolean isWriting() {
    return !outgoing.isEmpty();
  }

  private void heard() {
    if (!isOver()) {
      begin();
      stream.fetch(1);
      tellGap();
      stream.resume();
    }
  }

  /** Sends the head, which waits until it is known to be 200, or for the first heartbeat. */
  private void begin() {
    if (!response.headWritten()) {
      if (ctx.request().version() == HttpVersion.HTTP_1_0) {
        endWithConnection();
      }
      response
          .setChunked(true)
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
          .putHeader("X-Accel-Buffering", "no");
      write(Buffer.buffer(HEARTBEAT));
    }
  }

  /** Before HTTP/1.1 nothing but the connection's end tells that of a body of unknown length. */
  private void endWithConnection() {
    ctx.addHeadersEndHandler(head -> response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
    ctx.addBodyEndHandler(ended -> vertx.runOnContext(turn -> ctx.request().connection().close()));
  }

  private void beat() {
    if (isOver()) {
      return;
    }
    begin();
    if (!outgoing.isFull()) {
      write(Buffer.buffer(HEARTBEAT));
    }
  }

  private void forward(StreamEvent event) {
    begin();
    if (event instanceof Gap gap) {
      tellGap();
      write(frames.of(gap));
    } else {
      tell(event, id(event));
    }
    if (outgoing.isFull()) {
      stream.pause();
    }
  }

  /** Sends an event, unless the client has seen it. */
  private void tell(StreamEvent event, String id) {
    if (first && id.equals(lastSeen)) {
      first = false;
      return;
    }
    tellGap();
    write(frames.of(event, id));
  }

  /** Sends a gap, before anything else, to a client that was away. */
  private void tellGap() {
    if (first && lastSeen != null) {
      write(frames.of(new Gap(Gap.Reason.READER_AWAY)));
    }
    first = false;
  }

  private void failed(Throwable cause) {
    if (!response.headWritten() && !(cause instanceof EventTimeoutException)) {
      free();
      ctx.fail(cause);
      return;
    }
    if (cause instanceof EventTimeoutException timeout) {
      begin(); // the stream was heard, though for less than a turn
      tellGap();
      var waited = new JsonObject().put("waited", timeout.timeout());
      var data = Ending.of(timeout).explain(waited).toBuffer();
      write(SseFrames.frame(TIMEOUT, TIMEOUT, data));
    }
    end(); // the client is told of no other failure: it comes back, maybe to another server
  }

  private void end() {
    free();
    if (!isOver()) {
      response.end().onFailure(gone -> {});
    }
  }

  private void free() {
    Clocks.of(vertx).cancel(timer);
    permit.close();
  }

  private void close() {
    stream.handler(null); // it would write in vain
    Chores.add(
        vertx,
        () -> {
          free();
          stream.cancel();
        });
  }

  private void write(Buffer bytes) {
    outgoing.add(bytes.length(), response.write(bytes));
  }

  /** The id of an event, which is the same on every server for what may be retained. */
  private String id(StreamEvent event) {
    return event instanceof StreamEvent.Progress ? PROGRESS + ++progressed : frames.id(event);
  }
}
