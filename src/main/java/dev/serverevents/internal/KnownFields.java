package dev.serverevents.internal;

import dev.serverevents.InvalidInputException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/**
 * The fields that a JSON object of a client may have. Any other one would be passed over in
 * silence, for example since it is misspelt.
 */
public record KnownFields(List<String> names) {

  /** Keeps a copy. */
  public KnownFields {
    names = List.copyOf(names);
  }

  /** Those of some names. */
  public static KnownFields of(String... names) {
    return new KnownFields(List.of(names));
  }

  /** These and some more. */
  public KnownFields and(String... more) {
    return new KnownFields(Stream.concat(names.stream(), Stream.of(more)).toList());
  }

  /**
   * Refuses all others.
   *
   * @param prefix what stands before a field's name in the message, for example {@code failure.}
   * @throws InvalidInputException names the first one and those that are known
   */
  public void check(String prefix, JsonObject json) {
    for (var field : json.fieldNames()) {
      if (!names.contains(field)) {
        throw new InvalidInputException(
            prefix + field,
            json.getValue(field),
            "must be one of the fields " + String.join(", ", names));
      }
    }
  }
}
