package dev.serverevents.redis;

/** A payload that came over Redis is no event; it is dropped. */
public final class MalformedPayloadException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedPayloadException(String why) {
    super(why, null, false, false);
  }
}
