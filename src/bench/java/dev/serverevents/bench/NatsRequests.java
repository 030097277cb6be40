package dev.serverevents.bench;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** NATS request/reply, with the client's own timeout. */
final class NatsRequests implements Contender {

  private final Connection connection;

  NatsRequests(String url) throws IOException, InterruptedException {
    connection = Nats.connect(url);
  }

  @Override
  public CompletionStage<?> cycle(long id) {
    var job = String.valueOf(id).getBytes(StandardCharsets.UTF_8);
    return connection.requestWithTimeout(WorkerMain.SUBJECT, job, Duration.ofMillis(TIMEOUT_MS));
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
