package dev.serverevents;

import static java.util.Objects.requireNonNull;

import dev.serverevents.internal.JsonValues;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event, in the order in which they were passed to {@code emit}. They are kept
 * as the JSON that its publisher wrote, byte for byte, and are parsed when they are first looked
 * at. All waits for the event share them, so that they cannot be changed: {@link #toJsonArray()} is
 * a copy that can.
 *
 * <p>Passed to {@code emit} in the place of arguments, they go on unchanged.
 */
public final class EventArgs {

  private final Buffer json;

  /** Two threads may both parse the same, which does no harm. */
  private volatile @Nullable JsonArray decoded;

  private EventArgs(Buffer json, @Nullable JsonArray decoded) {
    this.json = json;
    this.decoded = decoded;
  }

  /**
   * Arguments as {@code emit} takes them, for example to answer in the place of a ServerEvents.
   *
   * @param args anything that can be written as JSON
   * @throws InvalidInputException if an argument cannot
   */
  public static EventArgs of(@Nullable Object... args) {
    return ofJson(JsonValues.array(List.of(), args));
  }

  /**
   * Arguments from their JSON, which is decoded when they are first looked at.
   *
   * @param json a well-formed JSON array, which must not change any more
   */
  public static EventArgs ofJson(Buffer json) {
    return new EventArgs(json, null);
  }

  /** The same, where they have been parsed already, to what cannot be changed. */
  public static EventArgs ofJson(Buffer json, @Nullable List<@Nullable Object> parsed) {
    return new EventArgs(json, parsed == null ? null : new JsonArray(parsed));
  }

  /** The size of the JSON in bytes. */
  public int bytes() {
    return json.length();
  }

  /** How many arguments there are. */
  public int size() {
    return array().size();
  }

  /**
   * All arguments: {@code null}, {@link String}, {@link Boolean}, {@link Integer}, {@link Long},
   * {@link java.math.BigInteger}, {@link Double}, {@link java.math.BigDecimal} where a Double would
   * round, {@link JsonObject}, {@link JsonArray}. The last two cannot be changed.
   */
  public List<@Nullable Object> list() {
    return array().stream().toList();
  }

  /**
   * One argument.
   *
   * @param index from 0
   * @throws IndexOutOfBoundsException if there are not as many
   */
  public @Nullable Object get(int index) {
    return array().getValue(index);
  }

  /**
   * One argument as a type: itself where it is one, or converted as Jackson does, for example an
   * object to a record, a number to a {@link Long}.
   *
   * @param index from 0
   * @throws IndexOutOfBoundsException if there are not as many
   * @throws IllegalArgumentException if it cannot be converted
   */
  public <T> @Nullable T get(int index, Class<T> type) {
    var value = get(index);
    if (value == null || type.isInstance(value)) {
      return type.cast(value);
    }
    return DatabindCodec.mapper().convertValue(value, type);
  }

  /** The first argument as a class: {@code get(0, type)}. */
  public <T> @Nullable T mapTo(Class<T> type) {
    return get(0, type);
  }

  /** The arguments as a new {@link JsonArray}, which may be changed. */
  public JsonArray toJsonArray() {
    return array().copy();
  }

  /** The arguments as a JSON array in UTF-8. */
  public Buffer toBuffer() {
    return json.copy();
  }

  /** Calls a function with the first argument; see {@link #get(int,Class)} for the conversion. */
  public <A, R> R spread(Class<A> a, Function<@Nullable A, R> function) {
    return function.apply(get(0, a));
  }

  /** Calls a function with the first two arguments. */
  public <A, B, R> R spread(
      Class<A> a, Class<B> b, BiFunction<@Nullable A, @Nullable B, R> function) {
    return function.apply(get(0, a), get(1, b));
  }

  /** Calls a function with the first three arguments. */
  public <A, B, C, R> R spread(Class<A> a, Class<B> b, Class<C> c, Function3<A, B, C, R> function) {
    return function.apply(get(0, a), get(1, b), get(2, c));
  }

  /** Calls a function with the first four arguments. */
  public <A, B, C, D, R> R spread(
      Class<A> a, Class<B> b, Class<C> c, Class<D> d, Function4<A, B, C, D, R> function) {
    return function.apply(get(0, a), get(1, b), get(2, c), get(3, d));
  }

  /** Calls a function with the first five arguments. */
  public <A, B, C, D, E, R> R spread(
      Class<A> a,
      Class<B> b,
      Class<C> c,
      Class<D> d,
      Class<E> e,
      Function5<A, B, C, D, E, R> function) {
    return function.apply(get(0, a), get(1, b), get(2, c), get(3, d), get(4, e));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EventArgs args && array().equals(args.array());
  }

  @Override
  public int hashCode() {
    return array().hashCode();
  }

  /** The arguments as JSON. */
  @Override
  public String toString() {
    return json.toString();
  }

  private JsonArray array() {
    var known = decoded;
    if (known == null) {
      known = (JsonArray) requireNonNull(JsonValues.read(json));
      decoded = known;
    }
    return known;
  }

  /** A function of three arguments. */
  @FunctionalInterface
  public interface Function3<A, B, C, R> {
    /** Applies it. */
    R apply(@Nullable A a, @Nullable B b, @Nullable C c);
  }

  /** A function of four arguments. */
  @FunctionalInterface
  public interface Function4<A, B, C, D, R> {
    /** Applies it. */
    R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d);
  }

  /** A function of five arguments. */
  @FunctionalInterface
  public interface Function5<A, B, C, D, E, R> {
    /** Applies it. */
    R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d, @Nullable E e);
  }
}
