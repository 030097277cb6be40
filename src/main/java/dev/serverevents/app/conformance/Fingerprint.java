package dev.serverevents.app.conformance;

import dev.serverevents.internal.Sha256;
import java.nio.charset.StandardCharsets;

/** Tells an idempotent emit from another one with the same key. */
final class Fingerprint {

  private Fingerprint() {}

  static String of(String payload, long retain) {
    return Sha256.hex((payload + retain).getBytes(StandardCharsets.UTF_8));
  }
}
