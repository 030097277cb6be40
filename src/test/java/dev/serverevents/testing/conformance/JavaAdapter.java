package dev.serverevents.testing.conformance;

import dev.serverevents.ServerEvents;
import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * The adapter of conformance.md for our own Java code. With the name of a defect, it has that
 * defect, which the runner must find.
 */
public final class JavaAdapter {

  private final PrintStream output;
  private final WireOps wire;
  private final LiveOps live;

  private JavaAdapter(PrintStream output, ServerEvents events, String url, String defect) {
    this.output = output;
    wire = WireDefects.of(defect);
    live = LiveDefects.of(defect, events, url, this::write);
  }

  /** Reads requests until there are no more. */
  public static void main(String[] args) throws IOException {
    var output =
        new PrintStream(
            new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err); // for what is logged
    var url = System.getenv("REDIS_URL");
    var vertx = Vertx.vertx();
    var options = new ServerEventsOptions().setConnectionString(url);
    vertx.deployVerticle(new ServerEventsVerticle(options)).await();
    var events = ServerEvents.create(vertx);
    var defect = args.length == 0 ? "" : args[0];
    var adapter = new JavaAdapter(output, events, url, defect);
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var line = input.readLine(); line != null; line = input.readLine()) {
      adapter.asked(new JsonObject(line));
    }
    while (defect.equals(LiveDefects.ENDLESS)) {
      LockSupport.park();
    }
    Runtime.getRuntime().halt(0); // Redis sees that it is gone
  }

  private void asked(JsonObject request) {
    var call = request.getInteger("call");
    var operation = request.getString("do");
    var in = request.getJsonObject("in");
    var isLive = live.knows(operation) || in.containsKey("live");
    if (isLive) {
      live.run(call, operation, in).onSuccess(answer -> write(answer.put("call", call)));
    } else {
      write(wire.answer(operation, in).put("call", call));
    }
  }

  private synchronized void write(JsonObject message) {
    output.println(message.encode());
  }
}
