package dev.serverevents.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * The users of Redis, for events whose names begin with "orders", as the page on security has them.
 * The password of each is its name.
 */
public enum RedisRecipes {
  ONE_SERVER("One server, or a master with Sentinels"),
  BROADCAST("A cluster"),
  SHARDED("A cluster with sharded Pub/Sub"),
  JOBS("Rights for jobs"),
  SHARDED_JOBS("Rights for jobs with sharded Pub/Sub"),
  SERVERS("Rights to ask all servers"),
  SHARDED_SERVERS("Rights to ask all servers with sharded Pub/Sub"),
  SENTINEL("The Sentinels themselves");

  /** What an administrator has to load. */
  public static final String FUNCTION =
      read("src/main/resources/dev/serverevents/redis/emit-once.lua");

  private static final Pattern LINE = Pattern.compile("(?m)^user (\\S+) (.*)$");

  private final String heading;

  RedisRecipes(String heading) {
    this.heading = heading;
  }

  /** The rules by user. */
  private Map<String, String> rules() {
    var block =
        Pattern.compile("### \\Q" + heading + "\\E\n[^#]*?```\n(.*?)```", Pattern.DOTALL)
            .matcher(read("src/docs/security.md"))
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);
    var rules = new LinkedHashMap<String, String>();
    LINE.matcher(block)
        .results()
        .forEach(
            line -> rules.put(line.group(1), line.group(2).replace(">...", ">" + line.group(1))));
    return rules;
  }

  private static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  /** All of them, as an ACL file has them. */
  public String file() {
    var file = new StringBuilder();
    rules().forEach((user, rule) -> file.append("user %s %s\n".formatted(user, rule)));
    return file.toString();
  }

  /** Has a Redis know them, as they stand there. */
  public void apply(TestRedis redis) {
    apply((command, args) -> redis.command(command, args));
  }

  /** Adds what stands there to what the users may do already. */
  public void addTo(TestRedis redis) {
    rules()
        .forEach(
            (user, rule) ->
                redis.command("ACL", (Object[]) ("SETUSER " + user + " " + rule).split(" ")));
  }

  /** The same, for who sends commands in a way of its own. */
  public void apply(BiConsumer<String, Object[]> redis) {
    rules()
        .forEach(
            (user, rule) -> redis.accept("ACL", ("SETUSER " + user + " reset " + rule).split(" ")));
  }
}
