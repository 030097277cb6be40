package dev.serverevents.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.internal.wire.WireNames;
import dev.serverevents.testing.OnBothBackends;
import dev.serverevents.testing.Server;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document is one, and says what goes over Redis. */
@OnBothBackends
class AsyncApiTest {

  private static JsonObject document(Server server) {
    return new Http(server).get("/asyncapi.json").json();
  }

  private static OutputUnit validate(JsonObject schema, Object value) {
    var options =
        new JsonSchemaOptions()
            .setBaseUri("https://example.com")
            .setDraft(Draft.DRAFT7)
            .setOutputFormat(OutputFormat.Basic);
    return Validator.create(JsonSchema.of(schema.copy()), options).validate(value);
  }

  /** The schema that the AsyncAPI initiative publishes (npm: @asyncapi/specs). */
  private static JsonObject official() {
    try (var file = AsyncApiTest.class.getResourceAsStream("asyncapi-3.0.0.schema.json")) {
      return new JsonObject(
          new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /** A schema of the document, with all that it refers to. */
  private static JsonObject schema(JsonObject document, String name) {
    return new JsonObject()
        .put("$id", "https://example.com/" + name)
        .put("components", document.getJsonObject("components"))
        .put("allOf", new JsonArray().add(ref("#/components/schemas/" + name)));
  }

  private static JsonObject ref(String to) {
    return new JsonObject().put("$ref", to);
  }

  @Test
  void itKeepsToTheOfficialSchema(Server server) {
    var output = validate(official(), document(server));
    assertThat(output.getValid()).as(output.toJson().encode()).isTrue();
  }

  @Test
  void theOfficialSchemaRefusesWhatIsNone(Server server) {
    for (var field : new String[] {"asyncapi", "info"}) {
      var wrong = document(server);
      wrong.remove(field);
      assertThat(validate(official(), wrong).getValid()).as(field).isFalse();
    }
    var channel = document(server);
    channel.getJsonObject("channels").getJsonObject("event").put("address", 7);
    assertThat(validate(official(), channel).getValid()).isFalse();
    var operation = document(server);
    operation.getJsonObject("operations").getJsonObject("emit").put("action", "shout");
    assertThat(validate(official(), operation).getValid()).isFalse();
  }

  @Test
  void allThatItRefersToIsInIt(Server server) {
    assertRefs(document(server), document(server));
  }

  private static void assertRefs(JsonObject document, Object part) {
    if (part instanceof JsonArray array) {
      array.forEach(each -> assertRefs(document, each));
    } else if (part instanceof JsonObject object) {
      if (object.getValue("$ref") instanceof String ref) {
        Object at = document;
        for (var step : ref.substring(2).split("/", -1)) {
          assertThat(at).as(ref).isInstanceOf(JsonObject.class);
          at = ((JsonObject) at).getValue(step);
        }
        assertThat(at).as(ref).isNotNull();
      }
      object.forEach(field -> assertRefs(document, field.getValue()));
    }
  }

  @Test
  void itsExamplesKeepToTheirSchemas(Server server) {
    var document = document(server);
    var messages = document.getJsonObject("components").getJsonObject("messages");
    assertThat(messages).hasSize(9);
    for (var name : messages.fieldNames()) {
      var message = messages.getJsonObject(name);
      var ref = message.getJsonObject("payload").getString("$ref");
      var schema = schema(document, ref.substring(ref.lastIndexOf('/') + 1));
      var example = message.getJsonArray("examples").getJsonObject(0).getValue("payload");
      var output = validate(schema, example);
      assertThat(output.getValid()).as(name + ": " + output.toJson()).isTrue();
      assertThat(validate(schema, new JsonArray().add(true)).getValid()).as(name).isFalse();
    }
  }

  @Test
  void whatTheVectorsEncodeKeepsToItsSchemas(Server server) throws IOException {
    var document = document(server);
    var event = schema(document, "Event");
    var failure = schema(document, "Failure");
    var file = new JsonObject(Files.readString(Path.of("src", "spec", "vectors.json")));
    var checked = 0;
    for (var each : file.getJsonArray("vectors")) {
      var vector = (JsonObject) each;
      var out = vector.getJsonObject("out", new JsonObject());
      var isFailure = vector.getString("do").equals("failure");
      if (out.containsKey("payload") && (isFailure || vector.getString("do").equals("encode"))) {
        var payload = new JsonArray(out.getString("payload"));
        var isValid = validate(isFailure ? failure : event, payload).getValid();
        assertThat(isValid).as(vector.getString("id")).isTrue();
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(40);
  }

  @Test
  void itsChannelsAreThoseOfTheProtocol(Server server) {
    var channels = document(server).getJsonObject("channels");
    assertThat(channels.fieldNames())
        .containsExactlyInAnyOrder("event", "progress", "inbox", "worker", "serves");
    assertThat(channels.getJsonObject("worker").getString("address"))
        .isEqualTo(WireNames.worker("{workerId}"));
    assertThat(channels.getJsonObject("serves").getString("address"))
        .isEqualTo(WireNames.serves("{name}"));
    assertThat(channels.getJsonObject("inbox").getString("address"))
        .isEqualTo(WireNames.inbox("{name}", "{inbox}"));
  }
}
