package dev.serverevents.app;

import dev.serverevents.internal.settings.ExplainSettings;
import dev.serverevents.internal.settings.LimitSettings;
import dev.serverevents.internal.settings.QuotaSettings;
import dev.serverevents.internal.settings.RedisSettings;
import dev.serverevents.internal.settings.RouteSettings;
import dev.serverevents.internal.settings.Section;
import dev.serverevents.internal.settings.Setting;
import dev.serverevents.internal.settings.SettingType;
import dev.serverevents.internal.settings.Settings;
import dev.serverevents.internal.settings.VerticleSettings;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The settings that only the runnable server has, and all that it has. */
final class ServerSettings {

  /** The format of the log. */
  enum Log {
    /** A line of text for each event. */
    TEXT,
    /** A JSON object for each event. */
    JSON
  }

  static final Section HTTP = new Section("http");
  static final Section TOP = new Section("");

  static final Setting<String> HOST =
      HTTP.declare("host", SettingType.text("a name or an address"))
          .byDefault("127.0.0.1")
          .says("Where to listen; without `http.keys` a loopback address.");

  static final Setting<Long> PORT =
      HTTP.declare("port", SettingType.integer(0, SettingType.MAX_PORT, ""))
          .byDefault(8080L)
          .shownDefault("8080")
          .says("The port to listen on; 0 picks one.");

  static final Setting<Boolean> INSECURE =
      HTTP.declare("insecure", SettingType.flag())
          .byDefault(false)
          .says("Whether others may reach it although there are no keys.");

  static final Setting<Boolean> CONSOLE =
      HTTP.declare("console", SettingType.flag())
          .shownDefault("true with `http.keys` or on a loopback address, else false")
          .says("Whether it serves the console, at `/console/`.");

  static final Setting<JsonObject> SERVER =
      HTTP.declare("server", SettingType.object("an object"))
          .onlyInJson()
          .notCalled("ssl", "tls", "options")
          .says("More for the HTTP server, for example TLS, as in Vert.x's `HttpServerOptions`.");

  /** What of the section http.perClient the routes do not have. */
  static final Section PER_CLIENT = new Section("http.perClient");

  static final Setting<Long> CONNECTIONS_PER_CLIENT =
      PER_CLIENT
          .declare("connections", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault(15_000L)
          .says("How many connections there may be from one address; of IPv6 a /64 is one.");

  static final Setting<Long> IDLE_CONNECTIONS_PER_CLIENT =
      PER_CLIENT
          .declare("idleConnections", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault(2_000L)
          .says(
              "How many of them may have no request under way; those that have had none for longest are"
                  + " then closed, after 10 s.");

  /** What of the section http.total the routes do not have. */
  static final Section TOTAL = new Section("http.total");

  static final Setting<Long> CONNECTIONS =
      TOTAL
          .declare("connections", SettingType.integer(1, Integer.MAX_VALUE, ""))
          .byDefault(20_000L)
          .says("How many connections there may be.");

  static final Setting<List<Role>> ROLES =
      TOP.declare("roles", SettingType.choices(Role.class))
          .shownDefault("all with the embedded Redis, else `api`")
          .says(
              "What it does: `api` serves HTTP, `demo` adds the demo's route to it, and `worker` does"
                  + " the demo's jobs.");

  /** Logback reads the variable by itself. */
  static final Setting<Log> LOG =
      TOP.declare("log", SettingType.choice(Log.class))
          .byDefault(Log.TEXT)
          .onlyInEnvironment()
          .says("The format of the log.");

  /** All, in the order in which they are documented. */
  static final Settings ALL =
      new Settings(
          RedisSettings.SECTION,
          VerticleSettings.SECTION,
          LimitSettings.SECTION,
          ExplainSettings.SECTION,
          HTTP,
          RouteSettings.SECTION,
          PER_CLIENT,
          QuotaSettings.PER_CLIENT.section(),
          TOTAL,
          QuotaSettings.TOTAL.section(),
          TOP);

  /** Those of the section http, and of the objects in it. */
  static final Settings OF_HTTP =
      new Settings(
          HTTP,
          RouteSettings.SECTION,
          PER_CLIENT,
          QuotaSettings.PER_CLIENT.section(),
          TOTAL,
          QuotaSettings.TOTAL.section());

  private ServerSettings() {}
}
