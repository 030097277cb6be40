package dev.serverevents.internal.wire;

import dev.serverevents.bench.Micro;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What the JSON of an event costs. */
public class WireFormatBenchmark extends Micro {

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
