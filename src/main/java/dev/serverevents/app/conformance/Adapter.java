package dev.serverevents.app.conformance;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process of an adapter, which does with a client what it is asked. Nothing that it does, or
 * does not, can hold up the runner: two threads write to it and read from it.
 */
final class Adapter implements AutoCloseable {

  private static final byte[] END = {};

  /** The first answer may take so many times as long, for a process has to start first. */
  private static final int START = 6;

  private final Process process;
  private final long limit;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> pending = new ConcurrentHashMap<>();
  private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();
  private final Events events = new Events();

  private volatile boolean isStarted;

  /** Completes when nothing more can come of it, with the reason. */
  private final CompletableFuture<String> broken = new CompletableFuture<>();

  private Adapter(Process process, long limit) {
    this.process = process;
    this.limit = limit;
    start("conformance-writer", this::write);
    start("conformance-reader", this::read);
  }

  /**
   * Starts one.
   *
   * @param limit in ms, for one answer
   */
  static Adapter start(List<String> command, String redisUrl, long limit) {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("REDIS_URL", redisUrl);
    try {
      return new Adapter(builder.start(), limit);
    } catch (IOException cause) {
      throw new FailedException("the adapter", "starts", cause.getMessage());
    }
  }

  private static void start(String name, Runnable loop) {
    var thread = new Thread(loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void write() {
    try (OutputStream input = process.getOutputStream()) {
      for (var line = lines.take(); line != END; line = lines.take()) {
        input.write(line);
        if (lines.isEmpty()) {
          input.flush();
        }
      }
    } catch (IOException ended) {
      lines.clear(); // the reader knows why
    } catch (InterruptedException impossible) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        received(new JsonObject(line));
        isStarted = true;
      }
      breakOff("it has ended");
    } catch (IOException cause) {
      breakOff("it has ended: " + cause.getMessage());
    } catch (DecodeException | ClassCastException malformed) {
      breakOff("it wrote what is no message: " + malformed.getMessage());
    }
  }

  private void received(JsonObject message) {
    if (message.containsKey("event")) {
      events.add(message);
      return;
    }
    var call = pending.remove(message.getInteger("call", 0));
    if (call == null) {
      breakOff("it answered what nobody asked: " + message.encode());
    } else {
      call.complete(message);
    }
  }

  private void breakOff(String why) {
    broken.complete(why);
    events.end(why);
    pending.values().forEach(call -> call.complete(new JsonObject().put("broken", why)));
  }

  /** Asks for something. */
  Call begin(String operation, JsonObject in) {
    var number = calls.incrementAndGet();
    var answer = new CompletableFuture<JsonObject>();
    pending.put(number, answer);
    var request = new JsonObject().put("call", number).put("do", operation).put("in", in);
    lines.add((JsonText.line(request) + "\n").getBytes(StandardCharsets.UTF_8));
    if (broken.isDone()) {
      answer.complete(new JsonObject().put("broken", broken.join()));
    }
    return new Call(
        events, this::giveUp, number, operation, answer, isStarted ? limit : START * limit);
  }

  /** Asks for something, and returns the answer: an object with {@code out} or {@code error}. */
  JsonObject ask(String operation, JsonObject in) {
    return begin(operation, in).answer();
  }

  /** Asks for something that must succeed. */
  JsonObject call(String operation, JsonObject in) {
    return begin(operation, in).out();
  }

  /** What it told by itself. */
  Events events() {
    return events;
  }

  /** How many ms an answer may take. */
  long limit() {
    return limit;
  }

  /** Whether it can be asked. */
  boolean isUsable() {
    return !broken.isDone();
  }

  /** Nothing more can be had of it. */
  private void giveUp(String why) {
    breakOff(why);
    close();
  }

  /** Ends its input, and returns its exit code; -1 if it does not end in time. */
  int end(long ms) {
    lines.add(END);
    return exit(ms);
  }

  /** Returns its exit code; -1 if it does not end in time. */
  int exit(long ms) {
    try {
      return process.waitFor(ms, TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException impossible) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /** Kills it, and what it has started. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    lines.add(END);
  }
}
