package dev.serverevents.redis;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the JSON of an event costs. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WireFormatBenchmark {

  /** Characters of the result. */
  @Param({"20", "200", "20000"})
  int size;

  private JsonObject result;
  private Buffer payload;

  /** Encodes one. */
  @Setup
  public void encode() {
    result = new JsonObject().put("type", "object").put("text", "x".repeat(size));
    payload = WireFormat.encode("pi event", 314, "arg1", 1, result);
  }

  /** Of the one who waits, arguments included. */
  @Benchmark
  public WireFormat.Payload decode() throws MalformedPayloadException {
    return WireFormat.decode(payload, 1 << 20);
  }

  /** Of the one who emits. */
  @Benchmark
  public Buffer emit() {
    return WireFormat.encode("pi event", 314, "arg1", 1, result);
  }
}
