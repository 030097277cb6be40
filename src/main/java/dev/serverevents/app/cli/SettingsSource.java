package dev.serverevents.app.cli;

import dev.serverevents.ServerEventsOptions;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the settings as the server does. */
@FunctionalInterface
public interface SettingsSource {

  /**
   * Returns the settings of a file, over which those of the environment go.
   *
   * @throws dev.serverevents.InvalidInputException for a wrong one
   */
  ServerEventsOptions read(@Nullable Path conf, Map<String, String> environment);
}
