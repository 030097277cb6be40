import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans by OTLP over HTTP, in JSON or in Protocol Buffers. */
final class Collector {

  /**
   * A span, by the names of opentelemetry-proto's {@code Span}.
   *
   * @param links the ids of the spans that it has links to
   * @param error the message of its status, if that is an error, or null
   */
  record Span(
      String service,
      String traceId,
      String spanId,
      String parentSpanId,
      String name,
      int kind,
      Map<String, String> attributes,
      List<String> links,
      String error) {}

  private static final int ERROR = 2;

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final int port;

  Collector(Vertx vertx) {
    var server = vertx.createHttpServer().requestHandler(this::handle);
    port = server.listen(0, "127.0.0.1").await().actualPort();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The spans of a trace so far. */
  List<Span> of(String traceId) {
    return spans.stream().filter(span -> span.traceId.equals(traceId)).toList();
  }

  /** All spans so far. */
  List<Span> all() {
    return List.copyOf(spans);
  }

  private void handle(HttpServerRequest request) {
    var isJson = "application/json".equals(request.getHeader("content-type"));
    request
        .body()
        .onSuccess(
            body -> {
              if (isJson) {
                json(body.toJsonObject());
              } else {
                protobuf(body);
              }
              request.response().end();
            });
  }

  private void json(JsonObject request) {
    for (var resource : objects(request.getJsonArray("resourceSpans"))) {
      var service = attributes(resource.getJsonObject("resource")).get("service.name");
      for (var scope : objects(resource.getJsonArray("scopeSpans"))) {
        for (var span : objects(scope.getJsonArray("spans"))) {
          var status = span.getJsonObject("status", new JsonObject());
          spans.add(
              new Span(
                  service,
                  span.getString("traceId"),
                  span.getString("spanId"),
                  span.getString("parentSpanId"),
                  span.getString("name"),
                  span.getInteger("kind"),
                  attributes(span),
                  List.of(),
                  status.getInteger("code", 0) == ERROR ? status.getString("message") : null));
        }
      }
    }
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  private static Map<String, String> attributes(JsonObject of) {
    var attributes = new TreeMap<String, String>();
    for (var each : objects(of.getJsonArray("attributes"))) {
      attributes.put(each.getString("key"), each.getJsonObject("value").getString("stringValue"));
    }
    return attributes;
  }

  /** A message of Protocol Buffers: its fields by number. */
  private record Message(Map<Integer, List<Object>> fields) {

    static Message of(byte[] bytes) {
      var fields = new TreeMap<Integer, List<Object>>();
      var in =
          new Object() {
            int at;

            long varint() {
              var value = 0L;
              for (var shift = 0; ; shift += 7) {
                var next = bytes[at++];
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                  return value;
                }
              }
            }

            byte[] take(int count) {
              at += count;
              return java.util.Arrays.copyOfRange(bytes, at - count, at);
            }
          };
      while (in.at < bytes.length) {
        var tag = (int) in.varint();
        var value =
            switch (tag & 7) {
              case 0 -> (Object) in.varint();
              case 1 -> in.take(8);
              case 2 -> in.take((int) in.varint());
              default -> in.take(4);
            };
        fields.computeIfAbsent(tag >>> 3, first -> new ArrayList<>()).add(value);
      }
      return new Message(fields);
    }

    List<Message> messages(int field) {
      return all(field).stream().map(bytes -> of((byte[]) bytes)).toList();
    }

    private List<Object> all(int field) {
      return fields.getOrDefault(field, List.of());
    }

    String text(int field) {
      return all(field).isEmpty()
          ? ""
          : new String((byte[]) all(field).get(0), StandardCharsets.UTF_8);
    }

    String hex(int field) {
      return all(field).isEmpty() ? "" : HexFormat.of().formatHex((byte[]) all(field).get(0));
    }

    int number(int field) {
      return all(field).isEmpty() ? 0 : ((Long) all(field).get(0)).intValue();
    }

    /** The attributes, of which the texts have one. */
    Map<String, String> attributes(int field) {
      var attributes = new TreeMap<String, String>();
      messages(field)
          .forEach(pair -> attributes.put(pair.text(1), pair.messages(2).get(0).text(1)));
      return attributes;
    }
  }

  /** The numbers are those of opentelemetry-proto's trace_service.proto and trace.proto. */
  private void protobuf(Buffer body) {
    for (var resource : Message.of(body.getBytes()).messages(1)) {
      var service = resource.messages(1).get(0).attributes(1).get("service.name");
      for (var scope : resource.messages(2)) {
        for (var span : scope.messages(2)) {
          var status = span.messages(15);
          var failed = !status.isEmpty() && status.get(0).number(3) == ERROR;
          spans.add(
              new Span(
                  service,
                  span.hex(1),
                  span.hex(2),
                  span.hex(4),
                  span.text(5),
                  span.number(6),
                  span.attributes(9),
                  span.messages(13).stream().map(link -> link.hex(2)).toList(),
                  failed ? status.get(0).text(2) : null));
        }
      }
    }
  }
}
