package dev.serverevents.web;

import dev.serverevents.EventArgs;
import dev.serverevents.StreamEvent;
import dev.serverevents.internal.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The data of Server-Sent Events. Thousands of streams may get one event, one after the other, so
 * that its data is made once for all of them. Used on one event loop.
 */
final class SseData {

  private static final int HASH_DIGITS = 24;
  private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r|\n");

  /** The arguments whose text was made last, or null. */
  private @Nullable EventArgs args;

  private String text = "";
  private @Nullable String hash;

  /** The event's data: a line break, which JSON can have between its tokens, would end it. */
  String of(StreamEvent event) {
    read(event);
    return text;
  }

  /** A hash of the data, the same on every server. */
  String hash(StreamEvent event) {
    read(event);
    if (hash == null) {
      hash = Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, HASH_DIGITS);
    }
    return hash;
  }

  @SuppressWarnings("ReferenceEquality") // an equal one may have been written in another way
  private void read(StreamEvent event) {
    var of = event.args();
    if (of != null && of == args) {
      return;
    }
    args = of;
    hash = null;
    if (of != null) {
      text = LINE_BREAK.matcher(of.toString()).replaceAll("\ndata: ");
    } else {
      var json = event.toJson();
      json.remove("type");
      text = json.encode();
    }
  }
}
