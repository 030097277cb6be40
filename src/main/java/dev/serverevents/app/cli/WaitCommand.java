package dev.serverevents.app.cli;

import dev.serverevents.InvalidInputException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wait NAME ID...}. */
@Command(
    name = "wait",
    description = "Waits for an event, and prints its arguments.",
    footer = {
      "  server-events wait orders.priced 7",
      "  server-events wait orders.priced 7 --timeout 30s --retained -o json",
      "  server-events wait orders.priced 7 8 9 --any",
      "  server-events wait orders.priced 7 8 9 --min 2 -o jsonl | jq .results",
    })
final class WaitCommand extends EndpointCommand {

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the event.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ID",
      description = "Its id; of several, all are needed.")
  private List<String> ids = List.of();

  @Option(names = "--any", description = "The first event of several is enough.")
  private boolean any;

  @Option(names = "--min", paramLabel = "N", description = "So many events of several are enough.")
  private @Nullable Integer min;

  @Mixin private final WaitMixin options = new WaitMixin();

  WaitCommand(Where where) {
    super(where);
  }

  @Override
  Exit run(Endpoint endpoint, Output output) {
    ids = ids.stream().distinct().toList();
    if (any && min != null) {
      throw new InvalidInputException("--min", min, "must not be with --any");
    }
    if (any) {
      var first = endpoint.onAny(name, ids, options.forWait()).await();
      output.value(
          first,
          first.getString("id") + "\t" + Output.tabbed(first.getJsonArray("args").getList()));
      return Exit.RESULT;
    }
    return ids.size() == 1 && min == null ? one(endpoint, output) : several(endpoint, output);
  }

  private Exit one(Endpoint endpoint, Output output) {
    output.args(endpoint.on(new EventId(name, ids.get(0)), options.forWait()).await());
    return Exit.RESULT;
  }

  /** What came is printed also when it is less than is needed. */
  private Exit several(Endpoint endpoint, Output output) {
    var needed = min == null ? ids.size() : min;
    var several = endpoint.onAll(name, ids, needed, options.forWait()).await();
    var results = several.results();
    output.value(results, text(results));
    if (several.failure() == null) {
      return Exit.RESULT;
    }
    output.failure(several.failure());
    return Exit.of(several.failure());
  }

  private static String text(JsonObject results) {
    var came = results.getJsonObject("results");
    return came.stream()
        .map(
            result ->
                result.getKey() + "\t" + Output.tabbed(((JsonArray) result.getValue()).getList()))
        .collect(Collectors.joining("\n"));
  }
}
