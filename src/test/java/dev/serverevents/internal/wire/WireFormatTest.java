package dev.serverevents.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.serverevents.EventArgs;
import dev.serverevents.InvalidInputException;
import dev.serverevents.internal.wire.WireFormat.Payload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {

  private static Payload decode(String json) throws MalformedPayloadException {
    return WireFormat.decode(Buffer.buffer(json), Integer.MAX_VALUE);
  }

  private static String args(String json) throws MalformedPayloadException {
    return decode(json).args().toString();
  }

  @Test
  void anEventIsWrittenAsTheNodePackageWritesIt() {
    var object = new JsonObject().put("type", "object");
    assertThat(WireFormat.encode("pi event", 314, "arg1", 1, object).toString())
        .isEqualTo("[\"pi event\",314,\"arg1\",1,{\"type\":\"object\"}]");
    assertThat(WireFormat.encode("é☃😀/", "1", (Object) null).toString())
        .isEqualTo("[\"é☃😀/\",\"1\",null]");
  }

  @Test
  void whatIsNoJsonIsRefused() {
    assertThatThrownBy(() -> WireFormat.encode("a", 1, new Object()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("args is");
  }

  @Test
  void nameAndIdAreTextAsThePayloadGivesThem() throws MalformedPayloadException {
    var payload = decode("[\"pi event\", 314, \"arg1\"]");
    assertThat(payload.key().name()).isEqualTo("pi event");
    assertThat(payload.key().id()).isEqualTo("314");
    assertThat(decode("[1, \"a\\u00e9\"]").key().id()).isEqualTo("aé");
  }

  @Test
  void argumentsAreCutOutOfThePayload() throws MalformedPayloadException {
    assertThat(args("[\"a\",1]")).isEqualTo("[]");
    assertThat(args("[\"a\",1,2]")).isEqualTo("[2]");
    assertThat(args(" [ \"a\" , 1 , [ ] , {\"x\":[{}]}, \"]\" ] "))
        .isEqualTo("[[ ] , {\"x\":[{}]}, \"]\" ]");
    assertThat(args("[\"日本\",1,\"語\",{\"é\":null}]")).isEqualTo("[\"語\",{\"é\":null}]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "{}",
        "1",
        "null",
        "\"a\"",
        "[",
        "[]",
        "[\"a\"]",
        "[\"a\",",
        "[\"a\",1",
        "[\"a\",1,",
        "[\"a\",1,]",
        "[\"a\",null]",
        "[null,1]",
        "[\"a\",[1]]",
        "[{},1]",
        "[true,1]",
        "[\"a\",1]x",
        "[\"a\",1][]",
        "[\"a\",1,tru]",
        "[\"a\",1,{\"x\"}]",
        "[\"a\",1,NaN]",
        "[\"a\",1,'x']",
        "[\"a\",1,}",
      })
  void whatIsNoEventIsMalformed(String json) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(MalformedPayloadException.class);
  }

  @Test
  void deepNestingHugeNumbersAndOtherEncodingsAreMalformed() {
    var deep = "[\"a\",1," + "[".repeat(100_000) + "]".repeat(100_000) + "]";
    assertThatThrownBy(() -> decode(deep)).isInstanceOf(MalformedPayloadException.class);
    var huge = "[\"a\",1," + "9".repeat(1001) + "]";
    assertThatThrownBy(() -> decode(huge)).isInstanceOf(MalformedPayloadException.class);
    for (var charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
      assertThatThrownBy(
              () ->
                  WireFormat.decode(
                      Buffer.buffer("[\"a\",1]".getBytes(charset)), Integer.MAX_VALUE))
          .isInstanceOf(MalformedPayloadException.class);
    }
    var latin1 = "[\"a\",1,\"é\"]".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> WireFormat.decode(Buffer.buffer(latin1), Integer.MAX_VALUE))
        .isInstanceOf(MalformedPayloadException.class);
  }

  @Test
  void whateverIsEncodedIsDecoded() throws MalformedPayloadException {
    var random = new Random(314);
    for (var i = 0; i < 10_000; i++) {
      var args = new ArrayList<Object>();
      for (var n = random.nextInt(5); n > 0; n--) {
        args.add(value(random, 3));
      }
      var name = text(random);
      var payload =
          WireFormat.decode(WireFormat.encode(name, i, args.toArray()), Integer.MAX_VALUE);
      assertThat(payload.key().name()).isEqualTo(name);
      assertThat(payload.key().id()).isEqualTo(String.valueOf(i));
      assertThat(payload.args()).isEqualTo(EventArgs.ofJson(new JsonArray(args).toBuffer()));
      assertThat(new JsonArray(payload.args().toBuffer())).isEqualTo(new JsonArray(args));
    }
  }

  @Test
  void mutilatedPayloadsAreMalformedOrStillJson() {
    var random = new Random(42);
    var malformed = 0;
    for (var i = 0; i < 100_000; i++) {
      var bytes = WireFormat.encode(text(random), i, value(random, 3)).getBytes();
      for (var n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        var payload = WireFormat.decode(Buffer.buffer(bytes), Integer.MAX_VALUE);
        assertThat(EventArgs.ofJson(payload.args().toBuffer())).isEqualTo(payload.args());
      } catch (MalformedPayloadException expected) {
        malformed++;
      }
    }
    assertThat(malformed).isBetween(1, 99_999);
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextLong();
      case 2 -> random.nextDouble();
      case 3 -> random.nextBoolean();
      case 4 -> text(random);
      case 5 -> 1L << 53;
      case 6 -> new JsonArray().add(value(random, depth - 1)).addNull();
      default -> new JsonObject().put(text(random), value(random, depth - 1));
    };
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (var n = random.nextInt(8); n >= 0; n--) {
      int codePoint;
      do {
        codePoint = random.nextInt(random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1);
      } while (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
      text.appendCodePoint(codePoint);
    }
    return text.toString();
  }
}
