package dev.serverevents.bench;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

/** NATS request/reply, with the client's own timeout. */
final class NatsRequests implements Contender {

  private final Connection connection;
  private final Queue<Future<?>> waits = new ConcurrentLinkedQueue<>();

  NatsRequests(String url) throws IOException, InterruptedException {
    connection = Nats.connect(url);
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    var job = String.valueOf(id).getBytes(StandardCharsets.UTF_8);
    return connection.requestWithTimeout(WorkerMain.SUBJECT, job, Duration.ofMillis(TIMEOUT_MS));
  }

  @Override
  public CompletionStage<?> register(long id) {
    var job = String.valueOf(id).getBytes(StandardCharsets.UTF_8);
    waits.add(
        connection.requestWithTimeout(
            WorkerMain.SILENT_SUBJECT, job, Duration.ofMillis(PENDING_MS)));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> endAll() {
    waits.forEach(wait -> wait.cancel(true));
    waits.clear();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> emit(long id) {
    var payload = WorkerMain.payload(String.valueOf(id)).getBytes(StandardCharsets.UTF_8);
    connection.publish("burst." + id, payload);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void flush() throws TimeoutException, InterruptedException {
    connection.flush(Duration.ofMillis(TIMEOUT_MS));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
