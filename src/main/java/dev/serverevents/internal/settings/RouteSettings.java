package dev.serverevents.internal.settings;

import dev.serverevents.EmitOptions;
import dev.serverevents.ServerEventsOptions;
import io.vertx.core.json.JsonArray;
import java.util.List;

/** The settings of the HTTP routes: part of the section http. */
public final class RouteSettings {

  /** All of them. */
  public static final Section SECTION = new Section("http");

  private static final long MAX_BODY = 1 << 30;

  public static final Setting<Long> MAX_WAIT =
      SECTION
          .declare("maxWait", SettingType.integer(1, ServerEventsOptions.MAX_TIMEOUT, "ms"))
          .byDefault(60_000L)
          .says("How long a request waits at most.");

  public static final Setting<Long> MAX_BODY_SIZE =
      SECTION
          .declare("maxBody", SettingType.integer(1, MAX_BODY, "bytes"))
          .byDefault(1L << 20)
          .says("How large the body of a request, or a message on a WebSocket, may be.");

  public static final Setting<Long> HEARTBEAT =
      SECTION
          .declare("heartbeat", SettingType.integer(100, 3_600_000, "ms"))
          .byDefault(15_000L)
          .says("How often a stream shows that it is alive: a comment, or a ping on a WebSocket.");

  public static final Setting<Long> MAX_RETAIN =
      SECTION
          .declare("maxRetain", SettingType.integer(1, EmitOptions.MAX_RETAIN, "ms"))
          .byDefault(86_400_000L)
          .says("The longest `retain` that an emit may have.");

  public static final Setting<Long> REQUEST_TIMEOUT =
      SECTION
          .declare("requestTimeout", SettingType.integer(100, 3_600_000, "ms"))
          .byDefault(30_000L)
          .notCalled("bodyTimeout", "headTimeout", "idleTimeout")
          .says(
              "How long a client may take to send the body of a request, and on a new connection the"
                  + " head of the first.");

  public static final Setting<List<String>> CORS =
      SECTION
          .declare("cors", SettingType.origins("a list of origins, or `*`"))
          .byDefault(List.of())
          .shownDefault("")
          .notCalled("origins", "allowedOrigins")
          .says(
              "From where pages may use it in browsers, besides its own origin; `*` is anywhere.");

  public static final Setting<JsonArray> KEYS =
      SECTION
          .declare("keys", SettingType.array("a list of objects"))
          .onlyInJson()
          .says("The API keys, each with its rights.");

  /** One of the keys. */
  public static final Section KEY = new Section("http.keys[]");

  public static final Setting<String> KEY_NAME =
      KEY.declare("name", SettingType.text("a text")).onlyInJson().says("Whose key it is.");

  public static final Setting<String> KEY_SHA_256 =
      KEY.declare("sha256", SettingType.secret("64 hexadecimal digits"))
          .onlyInJson()
          .notCalled("hash", "key")
          .says("The SHA-256 of the key.");

  public static final Setting<List<String>> KEY_WAIT =
      KEY.declare("wait", SettingType.texts("a list of patterns"))
          .onlyInJson()
          .byDefault(List.of())
          .says("The names of events that it may wait for; `*` stands for any text.");

  public static final Setting<List<String>> KEY_EMIT =
      KEY.declare("emit", SettingType.texts("a list of patterns"))
          .onlyInJson()
          .byDefault(List.of())
          .says("The names of events that it may emit.");

  public static final Setting<Boolean> KEY_METRICS =
      KEY.declare("metrics", SettingType.flag())
          .onlyInJson()
          .byDefault(false)
          .says("Whether it may read the metrics, which tell all names.");

  public static final Setting<Boolean> KEY_CONSOLE =
      KEY.declare("console", SettingType.flag())
          .onlyInJson()
          .byDefault(false)
          .says("Whether it may see the console, with all names, ids and servers.");

  public static final Setting<Boolean> KEY_PAYLOADS =
      KEY.declare("payloads", SettingType.flag())
          .onlyInJson()
          .byDefault(false)
          .says("Whether it may see the arguments of events where they are explained.");

  public static final Setting<Boolean> KEY_CANCEL =
      KEY.declare("cancel", SettingType.flag())
          .onlyInJson()
          .byDefault(false)
          .says("Whether it may cancel the waits of others by the console.");

  private RouteSettings() {}
}
