package dev.serverevents.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.JobList;
import dev.serverevents.ServerEvents;
import dev.serverevents.WaitOptions;
import dev.serverevents.WorkOptions;
import dev.serverevents.testing.Await;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workers in three languages take the same jobs, and one of them is killed meanwhile. */
@Tag("long")
@ExtendWith(ServerExtension.class)
class LanguagesIT {

  private static final String NAME = "orders.priced";
  private static final int JOBS = 10_000;
  private static final int AT_A_TIME = 300;
  private static final WaitOptions OPTIONS = WaitOptions.DEFAULT.timeout(120_000).watchWorker();

  private final Map<String, LongAdder> done = new ConcurrentHashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final AtomicInteger ended = new AtomicInteger();
  private final Semaphore places = new Semaphore(AT_A_TIME);

  @Test
  void tenThousandJobsAreDoneThoughAWorkerIsKilledMeanwhile(Server server) throws Exception {
    server.deploy();
    var events = server.events();
    var jobs = events.jobList(NAME);
    var url = server.redis().url();
    Client.IOREDIS.install();
    Client.PYTHON.install();
    var node = worker(Client.NODE_REDIS, url, "{ id: job.id", "{ who: 'node', id: job.id");
    var python =
        worker(Client.PYTHON, url, "{\"id\": job.id", "{\"who\": \"python\", \"id\": job.id");
    var java =
        events.work(
            NAME,
            jobs,
            WorkOptions.DEFAULT.concurrency(10),
            job -> server.vertx().timer(1).map(worked -> price(job.id(), job.data())));
    try {
      Await.result(java.ready());
      for (var i = 0; i < JOBS; i++) {
        places.acquire();
        ask(events, jobs, String.valueOf(i));
        if (i == JOBS / 2) {
          assertThat(done).containsKeys("java", "node", "python");
          python.destroyForcibly();
        }
      }
      Await.until(() -> ended.get() == JOBS);
      assertThat(wrong).isEmpty();
      assertThat(server.redis().command("LLEN", "$jobs:{" + NAME + "}").toInteger()).isZero();
      System.out.printf("%,d jobs, done by %s%n", JOBS, done);
    } finally {
      node.destroy(); // SIGTERM
      assertThat(node.onExit().join().exitValue()).isZero();
      python.destroyForcibly().onExit().join();
      Await.result(java.close());
    }
  }

  /** The worker of the page, which also says who it is. */
  private static Process worker(Client client, String url, String answer, String answerWithWho)
      throws Exception {
    var process =
        client.program(url, ReadmeOfClient.of(client).worker().replace(answer, answerWithWho));
    assertThat(process.inputReader().readLine()).contains("waits for jobs");
    return process;
  }

  private static JsonObject price(String id, Object data) {
    var order = (JsonObject) data;
    return new JsonObject()
        .put("who", "java")
        .put("id", id)
        .put("price", 3 * order.getInteger("quantity"));
  }

  private void ask(ServerEvents events, JobList jobs, String id) {
    var order = new JsonObject().put("item", "tea").put("quantity", Integer.parseInt(id));
    Future<?> result =
        events
            .request(NAME, id, OPTIONS, job -> jobs.push(job.data(order)))
            .onSuccess(args -> check(id, (JsonObject) args.get(0)))
            .onFailure(cause -> wrong(id + ": " + cause));
    result.onComplete(
        any -> {
          ended.incrementAndGet();
          places.release();
        });
  }

  private void check(String id, JsonObject priced) {
    done.computeIfAbsent(priced.getString("who"), who -> new LongAdder()).increment();
    var isRight =
        priced.getString("id").equals(id) && priced.getInteger("price") == 3 * Integer.parseInt(id);
    if (!isRight) {
      wrong(id + ": " + priced);
    }
  }

  private synchronized void wrong(String what) {
    wrong.add(what);
  }
}
